import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { jobContext } from '../../testing/job-context.ts';
import { allowance } from './allowance.ts';
import { CheckpointUploads } from './checkpoint-uploads.ts';
import { Reporter } from './reporter.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const { context, told, abort } = await jobContext(folder, {
    kind: 'pull',
    source: 'file:/a',
    modelName: 'a',
  });
  return { told, abort, reporter: new Reporter(context, new CheckpointUploads(context), folder) };
}

it('keeps so many lines of a program that never ends talking', async () => {
  const { told, reporter } = await setUp();
  for (let line = 0; line < 30_000; line += 1) reporter.stdout(`line ${line}`);
  expect(told).toHaveLength(20_000);
  expect(told.at(-1)).toMatchObject({
    level: 'WARNING',
    message: expect.stringMatching(/20000 lines; what/),
  });
});

it('keeps so much of long lines', async () => {
  const { told, reporter } = await setUp();
  for (let line = 0; line < 3000; line += 1) reporter.stderr('x'.repeat(200_000));
  expect(told).toHaveLength(501);
  expect(told.at(-1)).toMatchObject({ message: expect.stringMatching(/ 500 lines; what follows/) });
});

const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`metric ${index}`, index]));
const long = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [`param ${index}`, 'x'.repeat(1000)]),
);

it.each([
  ['metrics', JSON.stringify({ metrics: many })],
  ['params', JSON.stringify({ params: long })],
  ['progress', JSON.stringify({ progress: { done: 1, total: 10 } })],
])(
  'wants to wait when there are too many %s, loses none, and says so once',
  async (type, line) => {
    const { told, abort, reporter } = await setUp();
    let count = 1;
    let wait = reporter.stdout(line);
    for (; !wait; count += 1) wait = reporter.stdout(line);
    // What had been told when it was held up is what it may tell at once.
    const bytes = told.slice(0, count).reduce((sum, event) => sum + JSON.stringify(event).length + 1, 0);
    expect(bytes).toBeGreaterThan(allowance.mostBytes);
    expect(bytes).toBeLessThan(allowance.mostBytes * 1.1);
    await wait;
    await reporter.stdout(line);
    expect(told.filter((event) => event.type === type)).toHaveLength(count + 1);
    expect(told.filter((event) => event.type === 'log')).toMatchObject([
      { level: 'WARNING', message: expect.stringMatching(/held up/) },
    ]);
    abort.abort();
    const begun = performance.now();
    for (let more = 0; more < 20; more += 1) await reporter.stdout(line);
    expect(performance.now() - begun).toBeLessThan(1000);
  },
  30_000,
);

it('wants to wait when there are too many checkpoints', async () => {
  const { reporter } = await setUp();
  let count = 1;
  while (!reporter.stdout(`{"checkpoint": "none", "epoch": ${count}}`)) count += 1;
  expect(count).toBeGreaterThan(1000);
  expect(count).toBeLessThan(1200);
});

it('keeps so much of what a program finds', async () => {
  const { told, reporter } = await setUp();
  for (let line = 0; line < 20; line += 1)
    reporter.stdout(`{"result": {"f${line}": "${'x'.repeat(100_000)}"}}`);
  expect(Object.keys(reporter.result)).toHaveLength(9);
  expect(told[0]).toMatchObject({ level: 'WARNING', message: expect.stringMatching(/1000000 characters/) });
});
