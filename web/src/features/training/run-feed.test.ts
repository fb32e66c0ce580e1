import type { TrainingLog, TrainingMetrics } from '@hearth/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFeed, withHeard, withMessage } from './run-feed.ts';

const session_id = 'sess_0123456789ab' as const;
const timestamp = '2026-01-01T00:00:00.000Z';
const row = (epoch: number): TrainingMetrics => ({
  session_id,
  epoch,
  loss: 1 / epoch,
  accuracy: 0.5,
  timestamp,
});
const run_id = '0123456789abcdef0123456789abcdef';
const points = (epochs: number[]) =>
  epochs.flatMap((step) =>
    (['loss', 'accuracy'] as const).map((key) => ({
      key,
      step,
      at: timestamp,
      value: key === 'loss' ? 1 / step : 0.5,
    })),
  );
const line = (message: string): TrainingLog => ({ session_id, timestamp, level: 'INFO', message });

test('however epochs are batched, repeated and shuffled, each appears once and in order', () => {
  const batches = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }), { maxLength: 12 });
  fc.assert(
    fc.property(batches, (told) => {
      const feed = told.reduce(
        (all, epochs) =>
          withMessage(all, { type: 'run.points', run_id, points: points(epochs) }, { session_id }),
        emptyFeed,
      );
      const expected = [...new Set(told.flat())].sort((a, b) => a - b);
      expect(feed.epochs).toEqual(expected.map(row));
    }),
  );
});

test('a journal cut anywhere into "loaded" and "heard", overlapping or not, is joined without loss or repeat', () => {
  const cut = fc
    .tuple(fc.uniqueArray(fc.string(), { maxLength: 30 }), fc.nat(30), fc.nat(30))
    .map(([lines, a, b]) => ({
      lines,
      from: Math.min(a, b, lines.length),
      to: Math.min(Math.max(a, b), lines.length),
    }));
  fc.assert(
    fc.property(cut, ({ lines, from, to }) => {
      const loaded = { ...emptyFeed, logs: lines.slice(0, to).map(line) };
      const heard = { ...emptyFeed, logs: lines.slice(from).map(line) };
      expect(withHeard(loaded, heard).logs.map(({ message }) => message)).toEqual(lines);
    }),
  );
});

test('two equal lines in a row stay two', () => {
  const heard = { ...emptyFeed, logs: [line('b'), line('b')] };
  expect(withHeard({ ...emptyFeed, logs: [line('a'), line('b')] }, heard).logs).toHaveLength(3);
});

test('a long run of steps stays drawable and keeps its newest', () => {
  let feed = emptyFeed;
  for (let step = 1; step <= 9000; step++) {
    const point = { key: 'step_loss', step, at: timestamp, value: 1 };
    feed = withMessage(feed, { type: 'run.points', run_id, points: [point] }, { session_id });
  }
  expect(feed.steps.length).toBeLessThanOrEqual(4000);
  expect(feed.steps[feed.steps.length - 1]?.step).toBe(9000);
});
