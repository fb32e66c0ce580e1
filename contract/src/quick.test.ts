import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogBatch, MlflowMetric } from './mlflow-shapes.ts';

const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  '7',
  'NaN',
  -1,
  1.5,
  2 ** 60,
  Number.POSITIVE_INFINITY,
  'a\n',
  'x'.repeat(251),
  [],
  {},
);
const number = fc.oneof({ weight: 8, arbitrary: fc.integer() }, fc.double(), odd);
const metric = fc.record({
  key: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('loss', 'val/loss 1') }, odd),
  value: number,
  timestamp: number,
  step: number,
});

it('takes and refuses the metrics of a batch as it does each of them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: metric }, odd), { maxLength: 4 }), (metrics) => {
      const whole = LogBatch.safeParse({ run_id: '0'.repeat(32), metrics });
      const each = metrics.map((one) => MlflowMetric.safeParse(one));
      expect(whole.success).toBe(each.every(({ success }) => success));
      if (whole.success) expect(whole.data.metrics).toEqual(each.map(({ data }) => data));
    }),
    { numRuns: 2000 },
  );
});
