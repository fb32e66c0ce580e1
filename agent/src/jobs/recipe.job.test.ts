import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent, TrainingPayload } from '@hearth/contract';
import { expect, it } from 'vitest';
import { startAgent } from '../testing/agent-process.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { allowance } from './recipe/allowance.ts';
import { findJobProcesses } from './stop-tree.ts';

type Of<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;
const ofType = <Type extends JobEvent['type']>(events: JobEvent[], type: Type) =>
  events.filter((event): event is Of<Type> => event.type === type);

const head = `
import json, os, signal, sys, time
order = json.load(open(os.environ["HEARTH_CONFIG"]))
def tell(**message): print(json.dumps(message), flush=True)
def put(folder, name, text): open(os.path.join(order[folder], name), "w").write(text)
`;

/** A training whose recipe is this one file, beside a module that it imports from the root of its code. */
async function startRecipe(code: string, more: Partial<TrainingPayload> = {}) {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  startAgent(server, home, { HF_TOKEN: 'secret' });
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const sources = { 'own/train.py': head + code, 'shared/names.py': 'greeting = "hello"\n' };
  const files = Object.entries(sources).map(([path, text]) => ({
    path,
    ...server.addBlob(Buffer.from(text)),
  }));
  const lines = files.map(({ sha256, path }) => `${sha256}  ${path}\n`).sort();
  const digest = createHash('sha256').update(lines.join('')).digest('hex');
  const payload: TrainingPayload = {
    kind: 'training',
    sessionId: 'sess_0123456789ab',
    runId: '0'.repeat(32),
    config: {
      model_architecture: 'own',
      dataset_name: 'few',
      learning_rate: 0.1,
      batch_size: 1,
      epochs: 2,
      optimizer: 'adam',
      loss_function: 'mse',
      options: { depth: 3 },
    },
    dataset: { name: 'few', format: 'csv', ...server.addBlob(Buffer.from('x,y\n1,2\n')) },
    program: {
      code: { digest, files },
      runtime: { type: 'python', requirements: [] },
      entry: 'own/train.py',
      args: [],
      environment: { GREETING: 'of the manifest' },
      workingDirectory: 'own',
    },
    resume: null,
    ...more,
  };
  const job = server.assign(payload);
  const ended = () => server.until(() => ofType(job.events, 'finished')[0], 25_000);
  return { server, home, job, ended };
}

it('tells the program what to do, and the server what it reports and makes', async () => {
  const { job, ended } = await startRecipe(`
from shared.names import greeting
tell(metrics={"loss": 0.5, "val_loss": float("nan"), "nothing": None}, step=1, params={"depth": 3})
tell(progress={"done": 1, "total": 2})
tell(log="careful", level="WARNING")
print("just a line"); print({"metrics": 3}); print('{"metrics": 3}')
print("to stderr", file=sys.stderr)
put("checkpoint_dir", "a", "state one"); tell(checkpoint="a", epoch=1)
tell(checkpoint="../assignment.json", epoch=2)
put("output_dir", "model.onnx", open(order["dataset"]["path"]).read())
os.mkdir(os.path.join(order["output_dir"], "extra")); put("output_dir", "extra/notes", "n")
tell(result={"task": "regression", "config": order["config"], "options": order["options"]})
tell(result={"greeting": greeting, "env": {k: os.environ.get(k) for k in
  ["GREETING", "HEARTH_JOB_ID", "HEARTH_URL", "MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "HF_TOKEN"]}})
`);
  const end = await ended();
  expect(end).toMatchObject({
    outcome: 'completed',
    result: {
      task: 'regression',
      options: { depth: 3 },
      config: { model_architecture: 'own', epochs: 2 },
      greeting: 'hello',
      env: {
        GREETING: 'of the manifest',
        HEARTH_JOB_ID: job.jobId,
        MLFLOW_RUN_ID: '0'.repeat(32),
        HF_TOKEN: null,
      },
    },
  });
  const [metrics] = ofType(job.events, 'metrics');
  expect(metrics?.points).toEqual([
    { key: 'loss', step: 1, value: 0.5 },
    { key: 'val_loss', step: 1, value: 'NaN' },
  ]);
  expect(ofType(job.events, 'params')[0]?.params).toEqual({ depth: '3' });
  expect(ofType(job.events, 'progress')[0]?.progress).toEqual({ done: 1, total: 2, unit: 'epochs' });
  const logs = ofType(job.events, 'log').map(({ level, message }) => `${level} ${message}`);
  expect(logs).toEqual(
    expect.arrayContaining([
      'WARNING careful',
      'INFO just a line',
      "INFO {'metrics': 3}",
      'WARNING to stderr',
      expect.stringMatching(/^WARNING A report of the program cannot be read/),
      expect.stringMatching(/^WARNING There is no checkpoint \.\.\/assignment\.json/),
    ]),
  );
  expect(ofType(job.events, 'checkpoint')).toMatchObject([{ name: 'checkpoint-1', epoch: 1, sizeBytes: 9 }]);
  expect(job.artifacts.get('model.onnx')?.toString()).toBe('x,y\n1,2\n');
  expect(ofType(job.events, 'artifact').map(({ name, format }) => [name, format])).toEqual([
    ['extra-notes', 'other'],
    ['model.onnx', 'onnx'],
  ]);
}, 40_000);

it.each([
  ['tell(error="No such column."); sys.exit(3)', 'No such column.', 3],
  ['print("oh no", file=sys.stderr); sys.exit(4)', 'oh no', 4],
  ['os.kill(os.getpid(), signal.SIGSEGV)', 'SIGSEGV', null],
])('says why a program failed: %s', async (code, words, exitCode) => {
  const { job, ended } = await startRecipe(`put("output_dir", "model.onnx", "half")\n${code}`);
  const error = { code: 'recipe.failed', message: expect.stringContaining(words) };
  expect(await ended()).toMatchObject({ outcome: 'failed', error, exitCode });
  expect(job.artifacts.size).toBe(0);
});

it('lets a stopped program leave a last checkpoint, then proves that nothing of it is left', async () => {
  const { server, job, ended } = await startRecipe(`
def stop(*_):
    put("checkpoint_dir", "last", "x" * 100_000); tell(checkpoint="last", epoch=7); sys.exit(143)
signal.signal(signal.SIGTERM, stop)
tell(log="waiting")
while True: time.sleep(0.1)
`);
  await server.until(() => ofType(job.events, 'log').some(({ message }) => message === 'waiting'), 20_000);
  server.cancel(job);
  expect(await ended()).toMatchObject({ outcome: 'stopped' });
  expect(ofType(job.events, 'checkpoint')).toMatchObject([{ epoch: 7, sizeBytes: 100_000 }]);
  expect(job.artifacts.get('checkpoint-1')?.length).toBe(100_000);
}, 40_000);

it('holds a program up that reports without end, loses nothing of it, and ends it all the same', async () => {
  const { server, home, job, ended } = await startRecipe(`
values = {"metric %03d" % key: 0.123456789 for key in range(500)}
for step in range(1_000_000): tell(metrics=values, step=step)
`);
  const path = join(home, 'agent/jobs', job.jobId, 'journal.jsonl');
  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const held = () => ofType(job.events, 'log').some(({ message }) => message.includes('held up'));
  await server.until(held, 30_000);
  const [before, begun] = [size(), performance.now()];
  await sleep(3000);
  const bytes = size() - before;
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(((performance.now() - begun) / 1000 + 1) * allowance.bytesPerSecond);
  expect(size()).toBeLessThan(allowance.mostBytes * 1.2);
  server.cancel(job);
  const ordered = performance.now();
  expect(await ended()).toMatchObject({ outcome: 'stopped' });
  expect(performance.now() - ordered).toBeLessThan(5000);
  expect(findJobProcesses(job.jobId)).toEqual([]);
  const steps = ofType(job.events, 'metrics').map(({ points }) => points[0]?.step);
  expect(steps).toEqual(steps.map((_, index) => index));
  expect(server.faults).toEqual([]);
}, 60_000);

it('goes on from a checkpoint of the server’s', async () => {
  const state = Buffer.from('the state');
  const sha256 = createHash('sha256').update(state).digest('hex');
  const resume = { epoch: 4, name: 'checkpoint-0', sha256, sizeBytes: state.length };
  const code = 'tell(result={"state": open(order["resume_from"]).read(), "epoch": order["resume_epoch"]})';
  const server = await startRecipe(`put("output_dir", "m.gguf", "g")\n${code}`, { resume });
  server.server.addBlob(state);
  expect(await server.ended()).toMatchObject({
    outcome: 'completed',
    result: { state: 'the state', epoch: 4 },
  });
}, 40_000);
