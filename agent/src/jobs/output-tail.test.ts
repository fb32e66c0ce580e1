import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import type { Tell } from './job-context.ts';
import { OutputTail, type OutputTailOptions } from './output-tail.ts';

type Piece = Extract<Parameters<Tell>[0], { type: 'output' }>;

async function setUp(limitBytes: number, more: Partial<OutputTailOptions> = {}) {
  const path = join(await temporaryFolder(), 'out');
  writeFileSync(path, '');
  const told: Piece[] = [];
  const tell: Tell = (event) => void (event.type === 'output' && told.push(event));
  const make = () => new OutputTail({ stream: 'stdout', path, limitBytes, tell, ...more });
  return { path, told, make, tail: make() };
}
const text = (told: Piece[]) => told.map((piece) => piece.text).join('');

it('tells all of what is within the limit, in whole characters, however it was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.array(fc.nat(12)),
      async (given, steps) => {
        const { path, told, tail } = await setUp(1000);
        const bytes = Buffer.from(given.toWellFormed());
        let done = 0;
        for (const step of [...steps, bytes.length]) {
          appendFileSync(path, bytes.subarray(done, done + step));
          done += step;
          tail.collect();
          for (const piece of told) expect(piece.text).not.toContain('\uFFFD');
        }
        await tail.complete();
        tail.close();
        expect(text(told)).toBe(bytes.toString());
        expect(
          told.reduce((next, { offset, bytes: length = 0 }) => (offset === next ? next + length : -1), 0),
        ).toBe(bytes.length);
      },
    ),
    { numRuns: 50 },
  );
});

it('keeps the head as it comes and the tail at the end, says what is missing, and breaks no character', async () => {
  const { path, told, tail } = await setUp(20);
  appendFileSync(path, 'жжжжжжжж');
  tail.collect();
  expect(text(told)).toBe('жжжжж');
  appendFileSync(path, `${'.'.repeat(1000)}яяяяяяяяa`);
  tail.collect();
  expect(text(told)).toBe('жжжжж');
  await tail.complete();
  const last = told.at(-1);
  expect(last).toMatchObject({ text: 'яяяяa', skippedBytes: 6 + 1000 + 8, offset: 10 + 6 + 1000 + 8 });
});

it('goes on where an agent before it stopped, also after bytes that are no text', async () => {
  const { path, told, tail, make } = await setUp(1000);
  appendFileSync(path, Buffer.from([0x61, 0xff, 0xfe, 0x62]));
  tail.collect();
  const next = make();
  for (const piece of told) next.resume({ ...piece, at: '' });
  appendFileSync(path, 'c');
  await next.complete();
  expect(told.map((piece) => piece.text)).toEqual(['a\uFFFD\uFFFDb', 'c']);
  expect(told.at(-1)?.offset).toBe(4);
});

it('gives the middle of a large output back to the disk while it grows', async () => {
  const { path, told, tail } = await setUp(100_000, { slackBytes: 1_000_000 });
  for (let i = 0; i < 40; i += 1) {
    appendFileSync(path, Buffer.alloc(1_000_000, 'x'));
    tail.collect();
    tail.release();
    if (i % 8 === 7) await sleep(50);
  }
  appendFileSync(path, 'the end');
  await tail.complete();
  expect(text(told)).toHaveLength(100_000);
  expect(text(told).endsWith('xthe end')).toBe(true);
  expect(told.at(-1)?.skippedBytes ?? told.at(-2)?.skippedBytes).toBe(40_000_007 - 100_000);
  await expect.poll(() => statSync(path).blocks * 512).toBeLessThan(20_000_000);
});

it('says so where a file cannot be given back in parts', async () => {
  const { path, tail } = await setUp(1000, { slackBytes: 10_000, punch: async () => false });
  appendFileSync(path, Buffer.alloc(100_000));
  expect(tail.release()).toBeGreaterThan(90_000);
  await Promise.resolve();
  expect(tail.isSolid).toBe(true);
  expect(tail.release()).toBe(0);
});
