import { routes } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  enrol,
  epochEnded,
  eventAt,
  finished,
  logged,
  ScriptedAgent,
  started,
} from '../testing/scripted-agent.ts';
import { startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

const { jobs, training, identity } = routes;
const timings = { leaseMs: 600, graceMs: 600, refusalPauseMs: 100, pollMs: 100, sweepMs: 100 };
const tuning = { jobTimings: timings };
let test: TestApp;
beforeEach(async () => {
  test = await startTestApp({ tuning });
  await uploadDataset(test, 'flowers');
});
afterEach(() => test.close());

const refusal = (code: string) => expect.objectContaining({ code });
const jobOf = (id: string) => test.client(jobs.get, { params: { id } });
const until = (id: string, state: string) =>
  expect.poll(async () => (await jobOf(id)).state, { timeout: 5_000 }).toBe(state);

describe('a lease', () => {
  it('lives by heartbeats and dies with its node', async () => {
    const agent = await ScriptedAgent.connect(test);
    await startRun(test);
    const job = await agent.next('job.assign');
    agent.events(job, 1, [started()]);
    for (let beat = 0; beat < 12; beat += 1) {
      agent.heartbeat([job.leaseId]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await jobOf(job.jobId)).state).toBe('running');
    agent.socket.terminate();
    await until(job.jobId, 'failed');
    expect((await jobOf(job.jobId)).error).toMatchObject({ code: 'job.node_lost' });
  });

  it('of a job that never started goes back to the queue, and to another node', async () => {
    const first = await ScriptedAgent.connect(test);
    await startRun(test);
    const lost = await first.next('job.assign');
    first.socket.terminate();
    const second = await ScriptedAgent.connect(test);
    const again = await second.next('job.assign');
    expect(again).toMatchObject({ jobId: lost.jobId });
    expect(again.leaseId).not.toBe(lost.leaseId);
    expect((await jobOf(lost.jobId)).attempt).toBe(2);
    await second.close();
  });

  it('outlives a restart of the server; the agent goes on from what was acknowledged', async () => {
    const credentials = await enrol(test);
    const agent = await ScriptedAgent.connect(test, credentials);
    await startRun(test);
    const job = await agent.next('job.assign');
    agent.events(job, 1, [started(), epochEnded(1)]);
    await agent.acked(job, 2);
    await agent.close();
    const again = await startTestAppBeside(test, tuning);
    const back = await ScriptedAgent.silent(again, credentials);
    back.hello({ jobs: [{ jobId: job.jobId, leaseId: job.leaseId }] });
    const welcome = await back.next('welcome');
    expect(welcome.jobs).toEqual([{ jobId: job.jobId, leaseId: job.leaseId, ackedSeq: 2, cancel: false }]);
    await back.close();
    await again.close();
  });

  it('that the node forgot ends the job; one that the server forgot is not welcomed', async () => {
    const credentials = await enrol(test);
    const agent = await ScriptedAgent.connect(test, credentials);
    await startRun(test);
    const job = await agent.next('job.assign');
    agent.events(job, 1, [started()]);
    await agent.acked(job, 1);
    const back = await agent.reconnect({
      jobs: [{ jobId: crypto.randomUUID(), leaseId: crypto.randomUUID() }],
    });
    await until(job.jobId, 'failed');
    back.events(job, 2, [epochEnded(1)]);
    await back.next('job.drop', ({ leaseId }) => leaseId === job.leaseId);
    await back.close();
  });
});

describe('a node', () => {
  it('that refuses gets nothing for a while; the job keeps its place', async () => {
    const agent = await ScriptedAgent.connect(test);
    await startRun(test);
    const { jobId, leaseId } = await agent.next('job.assign');
    agent.send({ type: 'job.refused', jobId, leaseId, reason: 'full' });
    const again = await agent.next('job.assign');
    expect(again.jobId).toBe(jobId);
    expect(again.leaseId).not.toBe(leaseId);
    await agent.close();
  });

  it('is given only kinds it can do', async () => {
    const agent = await ScriptedAgent.connect(test, undefined, { jobKinds: ['pull'] });
    expect((await startRun(test)).status).toBe('queued');
    await expect(agent.next('job.assign', undefined, 300)).rejects.toThrow('No job.assign');
    await agent.close();
  });

  it('cannot speak for a lease of another: refused and written down', async () => {
    const agent = await ScriptedAgent.connect(test);
    await startRun(test);
    const job = await agent.next('job.assign');
    const thief = await ScriptedAgent.connect(test);
    thief.events(job, 1, [started(), epochEnded(1), finished('failed')]);
    await thief.next('problem', ({ code }) => code === 'job.foreign_lease');
    thief.heartbeat([job.leaseId]);
    thief.send({ type: 'job.refused', jobId: job.jobId, leaseId: job.leaseId, reason: 'mine' });
    await test.audit.flush(true);
    const { items } = await test.client(identity.audit, { query: { action: 'job.foreign_lease' } });
    expect(items).toMatchObject([{ target: job.jobId, success: false, actor: `node ${thief.nodeId}` }]);
    expect(await jobOf(job.jobId)).toMatchObject({ state: 'running', started_at: null });
    await Promise.all([agent.close(), thief.close()]);
  });

  it('that reports what is no number fails its job instead of repeating it for ever', async () => {
    const agent = await ScriptedAgent.connect(test);
    await startRun(test);
    const { jobId, leaseId } = await agent.next('job.assign');
    const frame = (loss: string) =>
      `{"type":"job.events","jobId":"${jobId}","leaseId":"${leaseId}","firstSeq":1,"events":[{"type":"epoch","at":"${eventAt}","epoch":1,"loss":${loss},"accuracy":0.5}]}`;
    agent.socket.send(frame('1e999'));
    await agent.next('problem');
    await agent.next('job.drop');
    await until(jobId, 'failed');
    await agent.close();
  });
});

describe('two servers on one database', () => {
  it('never give a node more than its cap, nor a job to two nodes', async () => {
    const other = await startTestAppBeside(test, tuning);
    const agents = [await ScriptedAgent.connect(test), await ScriptedAgent.connect(other)];
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, index) => startRun(index % 2 ? other : test)),
    );
    const ended = new Set<string>();
    const work = agents.map(async (agent) => {
      while (ended.size < ids.length) {
        const job = await agent.next('job.assign', undefined, 1_500).catch(() => undefined);
        if (!job) continue;
        expect(agent.received.filter(({ type }) => type === 'job.assign')).toEqual([]);
        expect(ended.has(job.jobId)).toBe(false);
        agent.events(job, 1, [started(), finished('failed')]);
        await agent.acked(job, 2);
        ended.add(job.jobId);
      }
    });
    await Promise.all(work);
    const { items } = await test.client(jobs.list, {});
    expect(items.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(ids.map(() => 'failed 1'));
    await Promise.all(agents.map((agent) => agent.close()));
    await other.close();
  });
});

it('lists, shows and tells the logs of jobs', async () => {
  const agent = await ScriptedAgent.connect(test);
  await startRun(test);
  await startRun(test);
  const job = await agent.next('job.assign');
  agent.events(job, 1, [started(), logged('one'), logged('two'), logged('three')]);
  await agent.acked(job, 4);
  const messages = async (query: object) =>
    (await test.client(jobs.logs, { params: { id: job.jobId }, query })).map(({ message }) => message);
  expect(await messages({ limit: 2 })).toEqual(['two', 'three']);
  expect(await messages({ after: 2, limit: 1 })).toEqual(['two']);
  expect((await test.client(jobs.list, { query: { state: 'queued' } })).items).toHaveLength(1);
  const page = await test.client(jobs.list, { query: { limit: 1, kind: 'training' } });
  const rest = await test.client(jobs.list, { query: { cursor: page.next_cursor! } });
  expect(rest.items.map(({ id }) => id)).toEqual([job.jobId]);
  await expect(jobOf(crypto.randomUUID())).rejects.toEqual(refusal('job.not_found'));
  const { session_id } = (await test.client(training.sessions, {}))[0]!;
  const { job_id } = await test.client(training.run, { params: { session_id } });
  expect(await test.client(jobs.cancel, { params: { id: job_id } })).toMatchObject({
    message: expect.stringMatching(/stopped/),
  });
  await agent.close();
});
