import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { jobContext } from '../../testing/job-context.ts';
import { CheckpointUploads } from './checkpoint-uploads.ts';
import { Reporter } from './reporter.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const { context, told } = await jobContext(folder, { kind: 'pull', source: 'file:/a', modelName: 'a' });
  return { told, reporter: new Reporter(context, new CheckpointUploads(context), folder) };
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
