import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Allowance, allowance } from './allowance.ts';

const { mostBytes, bytesPerSecond } = allowance;

it('lets a program tell a lot at once, then so much a second', () => {
  const store = new Allowance(0);
  expect(store.take(mostBytes, 0)).toBe(0);
  expect(store.take(bytesPerSecond / 2, 0)).toBe(500);
  expect(store.take(bytesPerSecond, 500)).toBe(1000);
  expect(store.take(0, 60_000)).toBe(0);
  expect(store.take(mostBytes + bytesPerSecond, 10 * 24 * 3_600_000)).toBe(1000);
});

it('never gives more than it has and gets, to one who waits as he is told', () => {
  const step = fc.record({ bytes: fc.nat(4 * 1024 * 1024), laterMs: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = new Allowance(0);
      let [nowMs, taken, waitMs] = [0, 0, 0];
      for (const { bytes, laterMs } of steps) {
        nowMs += Math.max(waitMs, laterMs);
        waitMs = store.take(bytes, nowMs);
        taken += bytes;
        const mayBytes = mostBytes + (nowMs / 1000) * bytesPerSecond;
        expect(taken - bytes).toBeLessThanOrEqual(mayBytes + 1);
        if (waitMs === 0) expect(taken).toBeLessThanOrEqual(mayBytes + 1);
      }
    }),
  );
});
