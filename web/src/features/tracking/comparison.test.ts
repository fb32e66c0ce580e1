import type { TrackedRun } from '@hearth/contract';
import { expect, test } from 'vitest';
import { comparedMetrics, comparedParams, toldApart } from './comparison.ts';

const run = (params: Record<string, string>, loss?: number): TrackedRun => ({
  run_id: '0'.repeat(32),
  experiment_id: '0',
  name: 'run',
  status: 'FINISHED',
  lifecycle: 'active',
  user: '',
  note: '',
  start_time: '2026-01-01T00:00:00.000Z',
  end_time: null,
  params,
  tags: {},
  metrics: loss === undefined ? {} : { loss: { step: 1, at: '2026-01-01T00:00:00.000Z', value: loss } },
  datasets: [],
  session_id: null,
  artifact_uri: '',
  created_by: null,
});

test('every parameter of any run is there, and whether they differ', () => {
  expect(
    comparedParams([run({ lr: '0.1', seed: '1' }), run({ lr: '0.2', seed: '1' }), run({ lr: '0.1' })]),
  ).toEqual([
    { name: 'lr', values: ['0.1', '0.2', '0.1'], differs: true },
    { name: 'seed', values: ['1', '1', undefined], differs: true },
  ]);
  expect(comparedParams([run({ a: '1' }), run({ a: '1' })])[0]?.differs).toBe(false);
});

test('a run without a metric has a gap', () => {
  expect(comparedMetrics([run({}, 0.5), run({})], String)).toEqual([
    { name: 'loss', values: ['0.5', undefined], differs: true },
  ]);
});

test('runs of the same name are told apart, others keep theirs', () => {
  const named = (name: string, id: string) => ({ ...run({}), name, run_id: id.padEnd(32, '0') });
  const names = toldApart([named('mlp', 'ab12'), named('mlp', 'cd34'), named('cnn', 'ef56')]).map(
    (one) => one.name,
  );
  expect(names).toEqual(['mlp · ab12', 'mlp · cd34', 'cnn']);
});
