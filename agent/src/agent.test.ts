import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent, TrainingPayload } from '@hearth/contract';
import { expect, it } from 'vitest';
import { findJobProcesses } from './jobs/stop-tree.ts';
import { startAgent } from './testing/agent-process.ts';
import { temporaryFolder } from './testing/folder.ts';
import { ScriptedServer } from './testing/scripted-server.ts';

/** A table to learn from: two clouds of points. */
function table(rows: number): Buffer {
  const lines = Array.from({ length: rows }, (_, i) => {
    const side = i % 2;
    return `${(side * 2 - 1 + Math.sin(i)).toFixed(3)},${(Math.cos(i * 3) + side).toFixed(3)},${side ? 'b' : 'a'}`;
  });
  return Buffer.from(`x,y,label\n${lines.join('\n')}\n`);
}

function training(server: ScriptedServer, epochs: number, rows = 400): TrainingPayload {
  const dataset = { name: 'points', format: 'csv' as const, ...server.addBlob(table(rows)) };
  const config = {
    model_architecture: 'mlp',
    dataset_name: 'points',
    learning_rate: 0.01,
    batch_size: 16,
    epochs,
    optimizer: 'adam' as const,
    loss_function: 'cross_entropy' as const,
  };
  return {
    kind: 'training',
    sessionId: 'sess_0123456789ab',
    config,
    dataset,
    runId: '0123456789abcdef0123456789abcdef',
    program: null,
    resume: null,
  };
}

const finished = (events: JobEvent[]) => events.find((event) => event.type === 'finished');
const epochsIn = (events: JobEvent[]) =>
  events.flatMap((event) =>
    event.type === 'metrics' ? event.points.filter(({ key }) => key === 'loss').map(({ step }) => step) : [],
  );
const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

it('enrols, trains, gives its model to the server, and tidies up', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const agent = startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  expect((await stat(join(home, 'agent/credentials.json'))).mode & 0o777).toBe(0o600);

  const job = server.assign(training(server, 5));
  const end = await server.until(() => finished(job.events), 40_000);
  expect(end).toMatchObject({
    outcome: 'completed',
    result: { task: 'classification', architecture: 'mlp' },
  });
  expect(epochsIn(job.events)).toEqual(count(5));
  expect([...job.artifacts.keys()].sort()).toEqual(['model.onnx', 'model.safetensors']);
  await server.until(() => !existsSync(join(home, 'agent/jobs', job.jobId)));
  const beat = server.heard.findLast((message) => message.type === 'heartbeat');
  expect(beat?.vitals.memory_total_bytes).toBeGreaterThan(0);
  await agent.stop('SIGTERM');
  expect(server.faults).toEqual([]);
}, 60_000);

it('goes on after kill -9 of the agent: the same process, every event once', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const first = startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const job = server.assign(training(server, 300, 2000));
  await server.until(() => epochsIn(job.events).length >= 5, 30_000);
  const before = findJobProcesses(job.jobId).map((row) => row.pid);
  expect(before.length).toBeGreaterThan(0);
  const inFlight = job.events.length;
  await first.stop('SIGKILL');
  await sleep(300);
  expect(finished(job.events)).toBeUndefined();
  expect(findJobProcesses(job.jobId).map((row) => row.pid)).toEqual(before);

  startAgent(server, home);
  await server.until(() => job.events.length > inFlight + 5);
  await server.until(() => epochsIn(job.events).length >= 50, 30_000);
  server.cut();
  const end = await server.until(() => finished(job.events), 60_000);
  expect(end.outcome).toBe('completed');
  expect(epochsIn(job.events)).toEqual(count(300));
  expect(job.events.filter((event) => event.type === 'started')).toHaveLength(1);
  expect(server.faults).toEqual([]);
}, 120_000);

it('keeps what it has done until the server is back', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const agent = startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const job = server.assign(training(server, 40, 1000));
  await server.until(() => epochsIn(job.events).length >= 3, 30_000);
  await server.stop();
  const journal = join(home, 'agent/jobs', job.jobId, 'journal.jsonl');
  await server.until(() => readFileSync(journal, 'utf8').includes('trying again'), 30_000);
  await agent.stop('SIGKILL');
  expect(epochsIn(job.events).length).toBeLessThan(40);
  await server.listen();
  startAgent(server, home);
  const end = await server.until(() => finished(job.events), 40_000);
  expect(end.outcome).toBe('completed');
  expect(epochsIn(job.events)).toEqual(count(40));
  expect([...job.artifacts.keys()].sort()).toEqual(['model.onnx', 'model.safetensors']);
}, 120_000);

it('waits with its results for a server whose disk is full', async () => {
  const server = await ScriptedServer.start();
  startAgent(server, await temporaryFolder());
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  server.isFull = true;
  const job = server.assign(training(server, 2));
  const isTold = () =>
    job.events.some((event) => event.type === 'log' && event.message.includes('storage.full'));
  await server.until(isTold, 30_000);
  expect(finished(job.events)).toBeUndefined();
  server.isFull = false;
  expect(await server.until(() => finished(job.events), 30_000)).toMatchObject({ outcome: 'completed' });
  expect([...job.artifacts.keys()].sort()).toEqual(['model.onnx', 'model.safetensors']);
}, 120_000);

it('stops a job for good: proof of death first, also by an agent that never heard the order', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const first = startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const stopped = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(stopped.events).length >= 2, 30_000);
  // The disk may refuse to keep the order, and the order may come twice: neither keeps the job alive.
  await mkdir(join(home, 'agent/jobs', stopped.jobId, 'cancelled.new'));
  server.cancel(stopped);
  server.cancel(stopped);
  expect(await server.until(() => finished(stopped.events))).toMatchObject({ outcome: 'stopped' });
  expect(findJobProcesses(stopped.jobId)).toEqual([]);

  const other = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(other.events).length >= 2, 30_000);
  await first.stop('SIGKILL');
  server.cancel(other);
  startAgent(server, home);
  expect(await server.until(() => finished(other.events))).toMatchObject({ outcome: 'stopped' });
  expect(findJobProcesses(other.jobId)).toEqual([]);
}, 120_000);

it('says how a job died, and that a stopped agent interrupted one', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const agent = startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const killed = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(killed.events).length >= 1, 30_000);
  for (const { pid } of findJobProcesses(killed.jobId)) process.kill(pid, 'SIGKILL');
  const end = await server.until(() => finished(killed.events));
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'job.crashed' } });
  expect(end.error?.message).toContain('SIGKILL');

  const interrupted = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(interrupted.events).length >= 1, 30_000);
  await agent.stop('SIGINT');
  expect(findJobProcesses(interrupted.jobId)).toEqual([]);
  expect(finished(interrupted.events)).toMatchObject({ error: { code: 'job.interrupted' } });
}, 120_000);

it('forgets a job the server has given up, and explains one it cannot do', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  startAgent(server, home);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const job = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(job.events).length >= 1, 30_000);
  server.jobs.delete(job.jobId);
  server.cut();
  await server.until(() => !existsSync(join(home, 'agent/jobs', job.jobId)));
  expect(findJobProcesses(job.jobId)).toEqual([]);

  const again = server.assign(training(server, 1000, 2000));
  await server.until(() => epochsIn(again.events).length >= 1, 30_000);
  again.events = [];
  again.leaseId = randomUUID();
  const { jobId, leaseId, token: jobToken, payload } = again;
  server.send({ type: 'job.assign', jobId, leaseId, jobToken, payload, gpus: [], gang: null });
  await server.until(() => epochsIn(again.events).length >= 1, 30_000);
  expect(again.events[0]).toMatchObject({ type: 'started' });
  server.cancel(again);
  await server.until(() => finished(again.events));
  server.faults.length = 0;

  const unsuited = training(server, 3);
  unsuited.config.target = 'nosuchcolumn';
  const refused = server.assign(unsuited);
  const end = await server.until(() => finished(refused.events));
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'dataset.target_missing' } });
  expect(end.error?.message).toContain('nosuchcolumn');
}, 60_000);

it('enrols anew when the server has forgotten its token, and removes a broken folder', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const broken = join(home, 'agent/jobs/6a7d1e0e-9a2c-4a51-8a53-3a4ad0a5b0f7');
  await mkdir(broken, { recursive: true });
  await writeFile(join(broken, 'assignment.json'), '{');
  startAgent(server, home);
  await server.until(() => server.connections === 1);
  expect(await readdir(join(home, 'agent/jobs'))).toEqual([]);
  const before = await readFile(join(home, 'agent/credentials.json'), 'utf8');
  server.tokens.clear();
  server.cut();
  await server.until(() => server.connections === 2);
  expect(await readFile(join(home, 'agent/credentials.json'), 'utf8')).not.toBe(before);
});

it('is alone in its folder, and says which setting is missing', async () => {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const first = startAgent(server, home);
  await server.until(() => server.connections === 1);
  const second = startAgent(server, home);
  await second.stopped;
  expect(second.child.exitCode).toBe(1);
  expect(second.said.join('')).toContain('another agent works in');
  await first.stop('SIGKILL');
  startAgent(server, home);
  await server.until(() => server.connections === 2);

  const aimless = startAgent(server, home, { HEARTH_SERVER_URL: '' });
  await aimless.stopped;
  expect(aimless.said.join('')).toContain('HEARTH_SERVER_URL');
});

it('stops when its launcher is gone', async () => {
  const server = await ScriptedServer.start();
  const agent = startAgent(server, await temporaryFolder());
  await server.until(() => server.connections === 1);
  agent.child.disconnect();
  await agent.stopped;
  expect(agent.child.exitCode).toBe(0);
});
