import { expect, test } from 'vitest';
import { timeLeftMs } from './time-left.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const epoch = (n: number, seconds: number) => ({ epoch: n, timestamp: at(seconds) });
const config = { epochs: 10 };

test('nothing measured, nothing claimed', () => {
  expect(timeLeftMs({ config, startedAt: at(0), epochs: [], steps: [] })).toBeUndefined();
  expect(timeLeftMs({ config, startedAt: null, epochs: [epoch(1, 5)], steps: [] })).toBeUndefined();
});

test('one epoch of 5 s in 10 leaves 45 s', () => {
  expect(timeLeftMs({ config, startedAt: at(0), epochs: [epoch(1, 5)], steps: [] })).toBe(45_000);
});

test('the first epoch, slow with loading, does not count once others are measured', () => {
  const epochs = [epoch(1, 60), epoch(2, 62), epoch(3, 64)];
  expect(timeLeftMs({ config, startedAt: at(0), epochs, steps: [] })).toBe(14_000);
});

test('a run that got slower is judged by its last epochs', () => {
  const fast = Array.from({ length: 20 }, (_, i) => epoch(i + 1, i + 1));
  const slow = Array.from({ length: 9 }, (_, i) => epoch(i + 21, 20 + (i + 1) * 10));
  expect(
    timeLeftMs({ config: { epochs: 30 }, startedAt: at(0), epochs: [...fast, ...slow], steps: [] }),
  ).toBe(10_000);
});

test('before the first epoch ends, steps tell where their number is known', () => {
  const steps = [
    { step: 10, timestamp: at(1) },
    { step: 60, timestamp: at(6) },
  ];
  const measured = { startedAt: at(0), epochs: [], steps };
  expect(timeLeftMs({ config: { epochs: 1, steps_per_epoch: 300 }, ...measured })).toBe(24_000);
  expect(timeLeftMs({ config: { epochs: 1 }, ...measured })).toBeUndefined();
});

test('the end leaves nothing', () => {
  const epochs = [epoch(9, 9), epoch(10, 10)];
  expect(timeLeftMs({ config, startedAt: at(0), epochs, steps: [] })).toBe(0);
});
