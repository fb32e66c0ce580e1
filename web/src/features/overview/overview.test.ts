import type { Deployment, Pull, TrainingRun } from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { h } from 'vue';
import { useSession } from '../../api/use-session.ts';
import { json, mountPage, sessionOf } from '../../testing/mount.ts';
import { activityOf } from './activity.ts';
import { stepsDone } from './first-steps.ts';
import OverviewPage from './OverviewPage.vue';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run: TrainingRun = {
  session_id: 'sess_000000000001',
  job_id: id(1),
  run_id: '0'.repeat(32),
  attempt: 1,
  checkpoint: null,
  code_digest: null,
  gpus: [],
  ...{ waiting_for: null, waiting: null },
  config: {
    model_architecture: 'mlp',
    dataset_name: 'digits',
    learning_rate: 0.01,
    batch_size: 32,
    epochs: 40,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
  status: 'running',
  stopping: false,
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:01:00.000Z',
  finished_at: null,
  current_epoch: 10,
  queue_position: null,
  node_id: null,
  node_name: null,
  created_by: null,
  ...{ error_message: null, failure: null },
  last: null,
  model: null,
  dataset_sha256: 'a'.repeat(64),
};
const pull: Pull = {
  id: id(2),
  job_id: id(3),
  source: 'hf:o/r/f',
  model_name: 'big',
  state: 'completed',
  stopping: false,
  progress: null,
  ...{ error_message: null, failure: null, waiting: null },
  created_at: '2026-01-02T00:00:00.000Z',
  finished_at: '2026-01-03T00:00:00.000Z',
};
const deployment: Deployment = {
  id: id(4),
  name: 'talker',
  state: 'ready',
  task: 'text-generation',
  target: { kind: 'endpoint', base_url: 'http://gpu.local/v1', model: 'm' },
  chats: true,
  inputs: null,
  classes: null,
  context_length: null,
  progress: null,
  error_message: null,
  active_requests: 0,
  created_at: '2026-01-04T00:00:00.000Z',
};
const nothing = { datasets: [], runs: [], pulls: [], deployments: [], talked: false };

test('the checklist follows what is there, and a pulled model skips training', () => {
  expect(Object.values(stepsDone(nothing))).toEqual([false, false, false, false]);
  expect(stepsDone({ ...nothing, runs: [run] })).toMatchObject({ data: true, train: false });
  expect(stepsDone({ ...nothing, pulls: [pull] })).toMatchObject({ data: true, train: true, deploy: false });
});

test('activity is one list, newest first, with where it leads', () => {
  const activity = activityOf([run], [pull], [deployment]);
  expect(activity.map(({ event }) => event)).toEqual(['deployment.created', 'pull.completed', 'run.running']);
  expect(activity[1]?.to).toBe('/models/big');
  expect(activityOf([run], [pull], [deployment], 1)).toHaveLength(1);
});

/** Signed in before the page asks for anything, as behind the guard. */
async function overview(options: Parameters<typeof mountPage>[1] = {}) {
  const signedIn = {
    setup() {
      useSession().accept(sessionOf());
      return () => h(OverviewPage);
    },
  };
  const mounted = await mountPage(signedIn, options);
  await flushPromises();
  return mounted;
}

test('shows what runs, what is deployed and the next step', async () => {
  const { wrapper } = await overview({
    answers: {
      'GET /api/v1/nodes': () => json([]),
      'GET /api/v1/training/runs': () => json({ items: [run], next_cursor: null }),
      'GET /api/v1/deployments': () => json([deployment]),
      'GET /api/v1/pulls': () => json([pull]),
      'GET /api/v1/datasets': () => json([]),
    },
  });
  expect(wrapper.text()).toContain('Hello, Vera');
  expect(wrapper.text()).toContain('mlp · digits');
  expect(wrapper.get('[role=progressbar]').attributes('aria-valuenow')).toBe('25');
  expect(wrapper.text()).toContain('talker');
  expect(wrapper.get('a.border-ember').text()).toContain('Talk');
});

test('each part fails on its own and can be tried again', async () => {
  const { wrapper } = await overview();
  expect(wrapper.findAll('[role=alert]').length).toBeGreaterThanOrEqual(3);
  expect(wrapper.text()).toContain('Try again');
  expect(wrapper.text()).not.toContain('First steps');
});
