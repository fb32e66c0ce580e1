import fc from 'fast-check';
import { expect, it } from 'vitest';
import { epochRows } from './epoch-rows.ts';

const at = (key: string, step: number, value: number) => ({
  key,
  step,
  value,
  atMs: 1_700_000_000_000 + step,
});
const id = 'sess_0123456789ab';

it('joins the series of a run by their steps', () => {
  const points = [at('loss', 2, 0.5), at('loss', 1, 1), at('val_acc', 2, 0.75), at('acc', 1, 0.25)];
  expect(epochRows(id, points, 1)).toMatchObject([
    { epoch: 1, loss: 1, accuracy: 0.25, val_loss: null, val_accuracy: null },
    { epoch: 2, loss: 0.5, accuracy: null, val_accuracy: 0.75 },
  ]);
});

it('counts from 1 what was counted from 0, and leaves out what is no number', () => {
  const points = [at('training_loss', 0, 1), at('training_loss', 1, Number.NaN), at('training_score', 0, 7)];
  expect(epochRows(id, points, 0)).toMatchObject([{ epoch: 1, loss: 1, accuracy: null }]);
});

it('has a row for every step with a finite loss, ascending', () => {
  const steps = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(steps, (given) => {
      const rows = epochRows(
        id,
        given.map((step) => at('loss', step, step / 7)),
        Math.min(...given),
      );
      expect(rows.map(({ epoch }) => epoch)).toEqual(given.toSorted((a, b) => a - b));
    }),
  );
});
