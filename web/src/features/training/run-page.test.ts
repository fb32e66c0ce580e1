import type { LiveMessage, LiveRequest, TrainingMetrics, TrainingRun } from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import type { Socket } from '../../api/live.ts';
import { useSession } from '../../api/use-session.ts';
import { type Answers, json, mountPage, refusal, sessionOf } from '../../testing/mount.ts';
import LineChart from '../../ui/LineChart.vue';
import RunPage from './RunPage.vue';

const session_id = 'sess_0123456789ab' as const;
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const run: TrainingRun = {
  session_id,
  job_id: '00000000-0000-4000-8000-000000000002',
  run_id: '0123456789abcdef0123456789abcdef',
  attempt: 1,
  checkpoint: null,
  code_digest: null,
  gpus: [],
  ...{ waiting_for: null, waiting: null },
  config: {
    model_architecture: 'mlp',
    dataset_name: 'iris',
    learning_rate: 0.01,
    batch_size: 32,
    epochs: 10,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
  status: 'running',
  stopping: false,
  created_at: at(0),
  started_at: at(0),
  finished_at: null,
  current_epoch: 1,
  queue_position: null,
  node_id: null,
  node_name: 'forge',
  created_by: 'vera@example.org',
  ...{ error_message: null, failure: null },
  last: null,
  model: null,
  dataset_sha256: 'a'.repeat(64),
};
const epoch = (n: number): TrainingMetrics => ({
  session_id,
  epoch: n,
  loss: 2 / n,
  accuracy: n / 10,
  val_loss: 3 / n,
  val_accuracy: n / 20,
  timestamp: at(n * 6),
});

const points = (...epochs: TrainingMetrics[]): LiveMessage => ({
  type: 'run.points',
  run_id: run.run_id,
  points: epochs.flatMap(({ epoch: step, timestamp, loss, accuracy, val_loss, val_accuracy }) =>
    Object.entries({ loss, accuracy, val_loss, val_accuracy }).map(([key, value]) => ({
      key,
      step,
      at: timestamp,
      value: value ?? 0,
    })),
  ),
});

/** The server's side of the live connection, in hand. */
function liveServer() {
  const subscribed: string[] = [];
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    close: () => undefined,
    send(text) {
      const request = JSON.parse(text) as LiveRequest;
      if (request.type === 'authenticate') tell({ type: 'authenticated' });
      if (request.type === 'subscribe') {
        subscribed.push(request.topic);
        tell({ type: 'subscribed', topic: request.topic });
      }
    },
  };
  const tell = (message: LiveMessage) =>
    socket.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  const connect = () => {
    queueMicrotask(() => socket.onopen?.(new Event('open')));
    return socket;
  };
  return { connect, tell, subscribed };
}

const followed = ['runs', `run:${run.run_id}`, `job:${run.job_id}`];
const base = `/api/v1/training/${session_id}`;
const told = ['loss', 'val_loss', 'accuracy', 'val_accuracy'].map((key) => ({
  key,
  points: 1,
  first_step: 1,
  min: 2,
  max: 2,
  last: { step: 1, at: at(6), value: 2 },
}));
const lossLine = (request: { url: URL }) =>
  json({
    items:
      request.url.searchParams.get('key') === 'loss'
        ? [{ run_id: run.run_id, key: 'loss', exact: true, points: [told[0]?.last] }]
        : [],
  });
const answersOf = (own: Answers = {}): Answers => ({
  [`GET ${base}`]: () => json(run),
  [`GET ${base}/history`]: () => json([epoch(1)]),
  [`GET ${base}/logs`]: () =>
    json([{ session_id, timestamp: at(1), level: 'INFO', message: 'Learning 3 classes.' }]),
  [`GET /api/v1/runs/${run.run_id}/series`]: () => json({ items: told }),
  'GET /api/v1/series': lossLine,
  ...own,
});
let unmount: (() => void) | undefined;
afterEach(() => unmount?.());

async function open(answers: Answers = answersOf(), topics = followed) {
  const live = liveServer();
  const mounted = await mountPage(RunPage, {
    answers,
    props: { id: session_id },
    at: `/runs/${session_id}`,
    connect: live.connect,
  });
  unmount = () => mounted.wrapper.unmount();
  const session = mounted.wrapper.vm.$.appContext.app.runWithContext(() => useSession());
  session.accept(sessionOf());
  await vi.waitFor(() => expect(live.subscribed).toEqual(expect.arrayContaining(topics)));
  await flushPromises();
  const lossPoints = () => mounted.wrapper.findAllComponents(LineChart)[0]?.props('series')[0]?.points ?? [];
  return { ...mounted, live, lossPoints, text: () => mounted.wrapper.text() };
}

test('metrics and logs told live are drawn once each, also when they are told again or out of order', async () => {
  const { live, lossPoints, text } = await open();
  await vi.waitFor(() => expect(lossPoints()).toHaveLength(1));
  live.tell(points(epoch(2)));
  live.tell(points(epoch(2), epoch(3)));
  live.tell(points(epoch(1)));
  live.tell({
    type: 'job.logs',
    job_id: run.job_id,
    lines: [{ seq: 9, at: at(2), level: 'WARNING', message: 'The loss jumps.' }],
  });
  await flushPromises();
  expect(lossPoints().map(({ x }: { x: number }) => x)).toEqual([1, 2, 3]);
  expect(text()).toContain('Epoch 3 of 10');
  expect(text()).toContain('The loss jumps.');
  // 6 s an epoch, 7 to go.
  expect(text()).toMatch(/Time left\s*4[12] sec/);
});

test("another run's news change nothing", async () => {
  const { live, lossPoints, text } = await open();
  await vi.waitFor(() => expect(lossPoints()).toHaveLength(1));
  live.tell({ ...points(epoch(9)), run_id: 'f'.repeat(32) } as LiveMessage);
  live.tell({ type: 'run.updated', run: { ...run, session_id: 'sess_ffffffffffff', status: 'failed' } });
  await flushPromises();
  expect(lossPoints()).toHaveLength(1);
  expect(text()).toContain('running');
});

test('a stop says "stopping" until the server proves the end; then one may run again', async () => {
  let prove: (() => void) | undefined;
  const stopping = new Promise<Response>((resolve) => {
    prove = () => resolve(json({ message: 'Stopped.' }));
  });
  const { wrapper, live, text, asked } = await open(answersOf({ [`POST ${base}/stop`]: () => stopping }));
  const buttonCalled = (name: string) => wrapper.findAll('button').find((button) => button.text() === name);
  await vi.waitFor(() => expect(buttonCalled('Stop')).toBeDefined());
  await buttonCalled('Stop')?.trigger('click');
  const confirm = [...document.querySelectorAll<HTMLButtonElement>('[role=dialog] button')].find(
    (b) => b.textContent?.trim() === 'Stop',
  );
  confirm?.click();
  await flushPromises();
  expect(asked).toContain(`POST ${base}/stop`);
  expect(buttonCalled('Stopping…')?.attributes('disabled')).toBeDefined();
  live.tell({ type: 'run.updated', run: { ...run, stopping: true } });
  prove?.();
  await flushPromises();
  expect(text()).toContain('Stopping…');
  live.tell({ type: 'run.updated', run: { ...run, status: 'stopped', finished_at: at(30) } });
  await flushPromises();
  expect(text()).toContain('This run was stopped');
  expect(text()).toContain('Run again');
});

test('a failure is told in words, a finished run shows its model', async () => {
  const { live, text } = await open();
  await vi.waitFor(() => expect(text()).toContain('mlp'));
  live.tell({
    type: 'run.updated',
    run: {
      ...run,
      status: 'failed',
      failure: { code: 'job.failed', message: 'No such column: "a".', details: {} },
      finished_at: at(9),
    },
  });
  await flushPromises();
  expect(text()).toContain('No such column: "a".');
  live.tell({
    type: 'run.updated',
    run: { ...run, status: 'completed', finished_at: at(60), model: { name: 'mlp_iris', version: 2 } },
  });
  await flushPromises();
  expect(text()).toContain('The model “mlp_iris”, version 2, is in the registry.');
  expect(text()).toContain('Deploy');
});

test('a run that is not there says so', async () => {
  const { text } = await open({ [`GET ${base}`]: () => refusal(404, 'training.not_found') }, ['runs']);
  await vi.waitFor(() => expect(text()).toMatch(/Try again|Retry/i));
});
