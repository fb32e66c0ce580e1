import type { TrackedRun, TrainingRun } from '@hearth/contract';
import { expect, test } from 'vitest';
import { withTold } from './told-run.ts';

const at = '2026-01-01T00:00:00.000Z';
const run: TrackedRun = {
  run_id: '0123456789abcdef0123456789abcdef',
  experiment_id: '0',
  name: 'brave-fox-1',
  status: 'RUNNING',
  lifecycle: 'active',
  user: 'vera',
  note: '',
  start_time: at,
  end_time: null,
  params: { epochs: '3' },
  tags: {},
  metrics: { custom: { step: 1, at, value: 7 }, loss: { step: 1, at, value: 2 } },
  datasets: [],
  session_id: 'sess_0123456789ab',
  artifact_uri: '',
  created_by: null,
};
const told = (more: Partial<TrainingRun>): TrainingRun => ({
  session_id: 'sess_0123456789ab',
  run_id: run.run_id,
  job_id: '00000000-0000-4000-8000-000000000002',
  attempt: 1,
  checkpoint: null,
  config: {
    ...{ model_architecture: 'mlp', dataset_name: 'iris', learning_rate: 0.01, batch_size: 32, epochs: 3 },
    ...{ optimizer: 'adam', loss_function: 'cross_entropy' },
  },
  status: 'running',
  stopping: false,
  ...{ created_at: at, started_at: at, finished_at: null, current_epoch: 2, queue_position: null },
  ...{
    node_id: null,
    node_name: null,
    created_by: null,
    error_message: null,
    failure: null,
    last: null,
    model: null,
  },
  ...{ dataset_sha256: 'a'.repeat(64), code_digest: null, gpus: [], waiting_for: null, waiting: null },
  ...more,
});

test('news of a session reach its row: newest measures, state and end; all else stays', () => {
  const last = { session_id: run.session_id!, epoch: 2, loss: 1.5, accuracy: null, timestamp: at };
  expect(withTold(run, told({ last })).metrics).toEqual({
    custom: run.metrics.custom,
    loss: { step: 2, at, value: 1.5 },
  });
  const ended = withTold(run, told({ status: 'completed', finished_at: at }));
  expect(ended).toMatchObject({ status: 'FINISHED', end_time: at, params: run.params, metrics: run.metrics });
});
