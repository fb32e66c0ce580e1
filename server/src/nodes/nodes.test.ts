import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LiveMessage, liveSocketPath, nodeSocketPath, routes } from '@hearth/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { enrol, machine, ScriptedAgent, started, vitalsAt } from '../testing/scripted-agent.ts';
import { startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { nodes } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
let test: TestApp;
let now = new Date();
let folder: string;
const local = `local-${randomUUID()}`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-nodes-'));
  const tokenFile = join(folder, 'local-token');
  await writeFile(tokenFile, `${local}\n`);
  const tuning = { linkTimings: { heartbeatMs: 100, silentMs: 400 } };
  test = await startTestApp({ clock: () => now, config: { localTokenFile: tokenFile }, tuning });
});
beforeEach(() => {
  now = new Date();
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});
const nodeOf = (id: string) => test.client(nodes.get, { params: { id } });
const enrolWith = (token: string) => test.clientOf()(nodes.enrol, { body: { token, machine } });

describe('joining', () => {
  it('takes an invitation once, and only for a day', async () => {
    const invite = () => test.client(nodes.invite, { body: { name: 'Garage' } });
    const { token } = await invite();
    const { node_id } = await enrolWith(token);
    expect(await nodeOf(node_id)).toMatchObject({
      name: 'Garage',
      status: 'offline',
      is_local: false,
      machine,
    });
    await expect(enrolWith(token)).rejects.toEqual(refusal('node.wrong_token'));
    const late = await invite();
    now = new Date(now.getTime() + 24 * 3_600_000 + 1);
    await expect(enrolWith(late.token)).rejects.toEqual(refusal('node.wrong_token'));
    await expect(enrolWith('guess')).rejects.toEqual(refusal('node.wrong_token'));
    const { rows } = await test.database.$client.query('select * from node_invitations');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('of the machine beside the server is always the same node, with a new token', async () => {
    const first = await enrolWith(local);
    await test.client(nodes.rename, { params: { id: first.node_id }, body: { name: 'Home' } });
    const second = await enrolWith(local);
    expect(second.node_id).toBe(first.node_id);
    expect(await nodeOf(first.node_id)).toMatchObject({ name: 'Home', is_local: true });
    const connect = (node_token: string) =>
      ScriptedAgent.connect(test, { nodeId: first.node_id, nodeToken: node_token });
    await (await connect(second.node_token)).close();
    await expect(connect(first.node_token)).rejects.toThrow('401');
  });
});

describe('a connection', () => {
  let agent: ScriptedAgent | undefined;
  afterEach(() => agent?.close());

  it('needs a node token', async () => {
    for (const token of ['hn_nonsense', test.adminToken]) {
      const headers = { authorization: `Bearer ${token}` };
      const socket = new WebSocket(test.url.replace('http', 'ws') + nodeSocketPath, { headers });
      const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
      expect(error.message).toContain('401');
    }
  });

  it('shows the node online with its vitals, and offline after silence', async () => {
    agent = await ScriptedAgent.connect(test);
    agent.heartbeat([], now);
    await expect.poll(async () => (await nodeOf(agent!.nodeId)).vitals).toEqual(vitalsAt(now));
    expect(await nodeOf(agent.nodeId)).toMatchObject({ status: 'online', agent_version: '0.0.0-test' });
    const id = agent.nodeId;
    agent.heartbeat([], now);
    agent.heartbeat([], new Date(now.getTime() + 5));
    const history = () => test.client(nodes.vitals, { params: { id }, query: { minutes: 1 } });
    await expect.poll(async () => (await history()).length).toBe(2);
    now = new Date(now.getTime() + 401);
    await expect.poll(async () => (await nodeOf(id)).status).toBe('offline');
    expect((await nodeOf(id)).last_seen_at).not.toBeNull();
  });

  it('is replaced by a newer one of the same node', async () => {
    const credentials = await enrol(test);
    const old = await ScriptedAgent.connect(test, credentials);
    agent = await ScriptedAgent.connect(test, credentials);
    await expect.poll(() => old.socket.readyState).toBe(WebSocket.CLOSED);
    expect((await nodeOf(credentials.nodeId)).status).toBe('online');
  });

  it('is closed on nonsense, and on another protocol with the reason', async () => {
    const credentials = await enrol(test);
    const closedAfter = async (frame: string | Buffer, isGreeted = true) => {
      const bad = await ScriptedAgent.silent(test, credentials);
      if (isGreeted) {
        bad.hello();
        await bad.next('welcome');
      }
      const closed = new Promise<number>((resolve) => bad.socket.on('close', resolve));
      bad.socket.send(frame);
      const code = await closed;
      return { code, problems: bad.received.filter(({ type }) => type === 'problem') };
    };
    expect((await closedAfter('{')).code).toBe(1008);
    expect((await closedAfter('{"type":"shutdown"}')).code).toBe(1008);
    expect((await closedAfter(Buffer.from([1, 2]))).code).toBe(1003);
    expect((await closedAfter('x'.repeat(17 * 1024 * 1024))).code).toBe(1009);
    expect(
      (await closedAfter(JSON.stringify({ type: 'heartbeat', vitals: vitalsAt(now), leases: [] }), false))
        .code,
    ).toBe(1008);
    const hello = {
      type: 'hello',
      agentVersion: '9',
      machine,
      jobKinds: [],
      engines: [],
      jobs: [],
      deployments: [],
    };
    const other = await closedAfter(JSON.stringify({ ...hello, protocol: 99 }), false);
    expect(other).toMatchObject({ code: 1008, problems: [{ message: expect.stringContaining('99') }] });
  });

  it('is told to browsers that watch', async () => {
    const socket = new WebSocket(test.url.replace('http', 'ws') + liveSocketPath);
    const seen: LiveMessage[] = [];
    socket.on('message', (data) => seen.push(LiveMessage.parse(JSON.parse(data.toString()))));
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send(JSON.stringify({ type: 'authenticate', access_token: test.adminToken }));
    socket.send(JSON.stringify({ type: 'subscribe', topic: 'nodes' }));
    await expect.poll(() => seen.some(({ type }) => type === 'subscribed')).toBe(true);
    agent = await ScriptedAgent.connect(test);
    agent.heartbeat([], now);
    const id = agent.nodeId;
    const told = () =>
      seen.flatMap((news) => (news.type === 'node.updated' && news.node.id === id ? [news.node] : []));
    await expect.poll(() => told().at(-1)?.vitals?.cpu_fraction).toBe(0.25);
    await test.client(nodes.remove, { params: { id } });
    await expect.poll(() => seen.some((news) => news.type === 'node.removed' && news.id === id)).toBe(true);
    socket.close();
  });
});

it('forgets a machine that has no work, and its token with it', async () => {
  const credentials = await enrol(test);
  const agent = await ScriptedAgent.connect(test, credentials);
  await uploadDataset(test, 'flowers');
  await startRun(test);
  const job = await agent.next('job.assign');
  agent.events(job, 1, [started()]);
  await agent.acked(job, 1);
  const params = { id: credentials.nodeId };
  expect((await nodeOf(credentials.nodeId)).running_jobs).toBe(1);
  await expect(test.client(nodes.remove, { params })).rejects.toEqual(refusal('node.busy'));
  agent.events(job, 2, [{ type: 'finished', at: now.toISOString(), outcome: 'failed' }]);
  await agent.acked(job, 2);
  await test.client(nodes.remove, { params });
  await expect.poll(() => agent.socket.readyState).toBe(WebSocket.CLOSED);
  await expect(ScriptedAgent.connect(test, credentials)).rejects.toThrow('401');
  await expect(nodeOf(credentials.nodeId)).rejects.toEqual(refusal('node.not_found'));
});
