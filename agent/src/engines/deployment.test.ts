import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { DeploymentReport, DeploymentSpec, InferenceRequest } from '@hearth/contract';
import { train } from '@hearth/learning';
import { beforeAll, expect, it } from 'vitest';
import { bundled } from '../../../learning/src/testing/files.ts';
import { trainTinyGguf } from '../../../learning/src/testing/tiny-gguf.ts';
import { findProcess, hasMark } from '../jobs/process-table.ts';
import { startAgent } from '../testing/agent-process.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';

let gguf: Buffer;
let onnx: Buffer;
beforeAll(async () => {
  gguf = Buffer.from(await trainTinyGguf());
  const config = { learning_rate: 0.05, batch_size: 16, epochs: 5 };
  const { artifacts } = await train({ architecture: 'logistic', data: bundled('iris.csv'), config });
  onnx = Buffer.from(artifacts[0]?.bytes ?? []);
}, 120_000);

function spec(server: ScriptedServer, engine: 'llama' | 'onnx', bytes: Buffer): DeploymentSpec {
  const format = engine === 'llama' ? 'gguf' : 'onnx';
  const artifact = { ...server.addBlob(bytes), format, name: `model.${format}` };
  return { deploymentId: randomUUID(), engine, artifact, metadata: {} };
}

function deploy(server: ScriptedServer, deployments: DeploymentSpec[]): void {
  server.deployments = deployments;
  server.send({ type: 'deployments', deployments });
}

const reportsOf = (server: ScriptedServer, deploymentId: string): DeploymentReport[] =>
  server.heard.flatMap((message) =>
    message.type === 'deployment.report' && message.report.deploymentId === deploymentId
      ? [message.report]
      : [],
  );
const state = (
  server: ScriptedServer,
  { deploymentId }: DeploymentSpec,
  wanted: DeploymentReport['state'],
  after = 0,
) =>
  server.until(
    () =>
      reportsOf(server, deploymentId)
        .slice(after)
        .find((report) => report.state === wanted),
    30_000,
  );

function ask(server: ScriptedServer, { deploymentId }: DeploymentSpec, request: InferenceRequest) {
  const requestId = randomUUID();
  server.send({ type: 'inference.start', requestId, deploymentId, request });
  const answers = () =>
    server.heard.filter((message) => 'requestId' in message && message.requestId === requestId);
  const end = () =>
    server.until(() => answers().find((message) => message.type !== 'inference.delta'), 30_000);
  const text = () =>
    answers().flatMap((message) => (message.type === 'inference.delta' ? [message.text] : []));
  return { requestId, end, text };
}
const prose = (maxTokens: number): InferenceRequest => ({
  kind: 'completion',
  prompt: 'Alice ',
  sampling: { maxTokens, temperature: 0, stop: [] },
});

/** Engine processes below an agent. */
const enginesOf = (agent: number | undefined): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && findProcess(pid)?.parent === agent)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engines/host.ts'));

async function connect(server: ScriptedServer) {
  const agent = startAgent(server, await temporaryFolder());
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  return agent;
}

it('deploys, answers in pieces, is told to stop, and takes the model down again', async () => {
  const server = await ScriptedServer.start();
  const agent = await connect(server);
  const one = spec(server, 'llama', gguf);
  deploy(server, [one]);
  expect(await state(server, one, 'ready')).toMatchObject({ chats: false, contextLength: 256 });
  const answer = ask(server, one, prose(30));
  expect(await answer.end()).toMatchObject({
    type: 'inference.end',
    finishReason: 'length',
    usage: { completion_tokens: 30 },
  });
  expect(answer.text().length).toBeGreaterThan(10);

  const aborted = ask(server, one, prose(240));
  await server.until(() => aborted.text().length > 0);
  server.send({ type: 'inference.abort', requestId: aborted.requestId });
  await ask(server, one, prose(5)).end();
  const heard = aborted.text().length;
  await ask(server, one, prose(30)).end();
  expect(aborted.text().length).toBe(heard);
  expect(heard).toBeLessThan(200);

  expect(await ask(server, one, { kind: 'predict', rows: [] }).end()).toMatchObject({
    code: 'deployment.unsuited',
  });
  deploy(server, []);
  await server.until(() => enginesOf(agent.child.pid).length === 0);
  expect(await ask(server, one, prose(1)).end()).toMatchObject({ code: 'deployment.not_found' });
  expect(server.faults).toEqual([]);
}, 60_000);

it('answers several at once, each as if it were alone', async () => {
  const server = await ScriptedServer.start();
  const agent = await connect(server);
  const one = spec(server, 'llama', gguf);
  deploy(server, [one]);
  await state(server, one, 'ready');
  // What keeps their tokens apart; models of some size mix them up without it, this one is too small to show it.
  const [engine = 0] = enginesOf(agent.child.pid);
  expect(hasMark(engine, 'UV_THREADPOOL_SIZE', '1')).toBe(true);
  const prompts = ['Alice ', 'The Queen ', 'Why ', 'the Rabbit ', 'and then ', 'you '];
  const answers = prompts.map((prompt) => ({ ...prose(60), prompt }));
  const alone: string[] = [];
  for (const request of answers) {
    const answer = ask(server, one, request);
    await answer.end();
    alone.push(answer.text().join(''));
  }
  const together = answers.map((request) => ask(server, one, request));
  for (const answer of together) await answer.end();
  expect(together.map((answer) => answer.text().join(''))).toEqual(alone);
}, 60_000);

it('predicts rows, and says which column is wrong', async () => {
  const server = await ScriptedServer.start();
  await connect(server);
  const iris = spec(server, 'onnx', onnx);
  deploy(server, [iris]);
  const report = await state(server, iris, 'ready');
  expect(report.classes).toHaveLength(3);
  expect(report.inputs).toHaveLength(4);
  const row = Object.fromEntries((report.inputs ?? []).map(({ name, example }) => [name, example ?? 0]));
  const answer = await ask(server, iris, { kind: 'predict', rows: [row, row] }).end();
  const predictions = answer.type === 'inference.predicted' ? answer.predictions : [];
  expect(predictions).toHaveLength(2);
  const total = Object.values(predictions[0]?.probabilities ?? {}).reduce((sum, p) => sum + p, 0);
  expect(total).toBeCloseTo(1, 4);
  const wrong = await ask(server, iris, { kind: 'predict', rows: [{ ...row, colour: 'red' }] }).end();
  expect(wrong).toMatchObject({ type: 'inference.failed', code: 'prediction.column_unknown' });
  expect(wrong.type === 'inference.failed' && wrong.message).toContain('colour');
}, 60_000);

it('survives the crash of an engine alone, restarts it, and gives up when it keeps crashing', async () => {
  const server = await ScriptedServer.start();
  const agent = await connect(server);
  const [frail, steady] = [spec(server, 'llama', gguf), spec(server, 'onnx', onnx)];
  deploy(server, [frail]);
  await state(server, frail, 'ready');
  for (const crash of [1, 2, 3]) {
    const before = reportsOf(server, frail.deploymentId).length;
    const running = ask(server, frail, prose(240));
    await server.until(() => running.text().length > 0);
    for (const pid of enginesOf(agent.child.pid)) process.kill(pid, 'SIGSEGV');
    expect(await running.end()).toMatchObject({ type: 'inference.failed', code: 'inference.failed' });
    // Whoever asks again at that moment must not be told that it is ready.
    const failedAt = server.heard.findIndex(
      (message) => message.type === 'inference.failed' && message.requestId === running.requestId,
    );
    const known = server.heard.slice(0, failedAt).findLast((message) => message.type === 'deployment.report');
    expect(known?.report.state).not.toBe('ready');
    const next = await state(server, frail, crash < 3 ? 'ready' : 'failed', before);
    if (crash === 3) expect(next.error).toContain('crashed 3 times');
  }
  expect(await ask(server, frail, prose(1)).end()).toMatchObject({ code: 'deployment.not_ready' });
  deploy(server, [frail, steady]);
  await state(server, steady, 'ready');
  expect(agent.child.exitCode).toBeNull();
}, 90_000);

it('reports files that cannot be fetched or are no models, in words', async () => {
  const server = await ScriptedServer.start();
  await connect(server);
  const broken = spec(server, 'llama', gguf.subarray(0, 5000));
  const missing = spec(server, 'onnx', Buffer.from('gone'));
  server.blobs.delete(missing.artifact.sha256);
  deploy(server, [broken, missing]);
  expect((await state(server, broken, 'failed')).error).toMatch(/^The model cannot be loaded: ./);
  expect((await state(server, missing, 'failed')).error).toContain('has no such file');

  const { sha256 } = missing.artifact;
  server.blobs.set(sha256, Buffer.from('gone'));
  const before = reportsOf(server, broken.deploymentId).length;
  deploy(server, [broken, missing]);
  await server.until(() =>
    reportsOf(server, missing.deploymentId).at(-1)?.error?.includes('cannot be loaded'),
  );
  expect(reportsOf(server, broken.deploymentId).slice(before)).toMatchObject([{ state: 'failed' }]);
}, 60_000);
