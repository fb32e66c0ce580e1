import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartsOf } from './charts-of.ts';

test('loss and accuracy first, twins together', () => {
  expect(chartsOf(['lr', 'val_accuracy', 'accuracy', 'val_loss', 'step_loss', 'loss', 'eval_f1'])).toEqual([
    { title: 'loss', keys: ['loss', 'val_loss'] },
    { title: 'accuracy', keys: ['accuracy', 'val_accuracy'] },
    { title: 'step_loss', keys: ['step_loss'] },
    { title: 'eval_f1', keys: ['eval_f1'] },
    { title: 'lr', keys: ['lr'] },
  ]);
});

test('every metric is drawn once', () => {
  const key = fc.constantFrom('loss', 'val_loss', 'f1', 'val_f1', 'eval_f1', 'val_val_f1', 'a/b', 'accuracy');
  fc.assert(
    fc.property(fc.uniqueArray(key), (keys) => {
      const drawn = chartsOf(keys).flatMap((chart) => chart.keys);
      expect(new Set(drawn)).toEqual(new Set(keys));
    }),
  );
});
