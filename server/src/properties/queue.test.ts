import { routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assigned, codeOf } from '../testing/property-stage.ts';
import { patient } from '../testing/script-story.ts';
import { type Credentials, enrol, finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { type Assignment, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, startTestAppBeside, type TestApp } from '../testing/test-app.ts';

const { training } = routes;
const cap = 3;
let test: TestApp;
/** Machines there are, and those that are connected. */
let machines: Credentials[];
const agents: ScriptedAgent[] = [];
beforeAll(async () => {
  test = await startTestApp({
    config: { rateLimitPerMinute: 0, maxConcurrentSessions: cap },
    tuning: patient,
  });
  await uploadDataset(test, 'flowers');
  machines = [await enrol(test), await enrol(test), await enrol(test)];
});
afterAll(() => test.close());

const queue = async (on = test) => (await on.client(training.queue, {})).map(({ session_id }) => session_id);
const running = async () => {
  const { items } = await test.client(training.runs, { query: { status: 'running', limit: 200 } });
  return items.map(({ session_id, node_id }) => ({ session_id, node_id }));
};
const areRunning = (count: number) =>
  expect.poll(async () => (await running()).length, { timeout: 10_000, interval: 10 }).toBe(count);
/** One after the other, so that their order is known. */
async function startAll(priorities: readonly number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const priority of priorities) ids.push((await startRun(test, { priority })).session_id);
  return ids;
}
/** As the queue must stand: the largest priority first, first in first out within one. */
const inOrder = (ids: readonly string[], priorities: readonly number[]) =>
  ids
    .map((id, index) => ({ id, index, priority: priorities[index]! }))
    .toSorted((a, b) => b.priority - a.priority || a.index - b.index)
    .map(({ id }) => id);

async function connect(count = 1): Promise<void> {
  for (const machine of machines.slice(0, count)) agents.push(await ScriptedAgent.connect(test, machine));
}
/** The machine that has the run says that it has failed. */
async function fail(agent: ScriptedAgent, job: Assignment): Promise<void> {
  agent.events(job, 1, [started(), finished('failed')]);
  await agent.acked(job, 2);
}
async function end(session_id: string): Promise<void> {
  const { node_id } = await test.client(training.run, { params: { session_id } });
  const agent = agents.find(({ nodeId }) => nodeId === node_id);
  if (!agent) throw new Error(`No machine has ${session_id}.`);
  await fail(agent, await assigned(agent, session_id));
}
/** Ends whatever an iteration has left, and disconnects its machines. */
async function clear(): Promise<void> {
  for (const session_id of await queue()) await test.client(training.unqueue, { params: { session_id } });
  for (const { session_id } of await running()) await end(session_id);
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
  const isOnline = async () =>
    (await test.client(routes.nodes.list, {})).some(({ status }) => status === 'online');
  await expect.poll(isOnline, { timeout: 10_000, interval: 5 }).toBe(false);
}

const anyPriorities = (most: number) =>
  fc.array(fc.constantFrom(0, 0, 0, -1, 5), { minLength: 1, maxLength: most });

describe('concurrent sessions', () => {
  it('P33: machines with room for N run N each, the rest is queued', async () => {
    await fc.assert(
      fc
        .asyncProperty(
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 0, max: 12 }),
          async (size, count) => {
            await connect(size);
            const ids = await startAll(Array.from({ length: count }, () => 0));
            await areRunning(Math.min(count, cap * size));
            const now = await running();
            for (const { nodeId } of agents)
              expect(now.filter(({ node_id }) => node_id === nodeId).length).toBeLessThanOrEqual(cap);
            expect(await queue()).toEqual(ids.slice(cap * size));
          },
        )
        .afterEach(clear),
      { numRuns: 8 },
    );
  });

  it('P34: the queue is in the order of priority, then of arrival, and machines are given it so', async () => {
    await fc.assert(
      fc
        .asyncProperty(anyPriorities(8), async (priorities) => {
          const ids = await startAll(priorities);
          const expected = inOrder(ids, priorities);
          expect(await queue()).toEqual(expected);
          await connect();
          await areRunning(Math.min(cap, ids.length));
          expect((await running()).map(({ session_id }) => session_id).toSorted()).toEqual(
            expected.slice(0, cap).toSorted(),
          );
          expect(await queue()).toEqual(expected.slice(cap));
        })
        .afterEach(clear),
      { numRuns: 8 },
    );
  });

  it('P35: each end starts exactly the next, until all have run, each once', async () => {
    await fc.assert(
      fc
        .asyncProperty(anyPriorities(9), fc.infiniteStream(fc.nat()), async (priorities, choices) => {
          const ids = await startAll(priorities);
          const left = inOrder(ids, priorities);
          await connect();
          const active = left.splice(0, cap);
          const ran: string[] = [];
          await areRunning(active.length);
          while (active.length > 0) {
            const [ending] = active.splice(choices.next().value % active.length, 1) as [string];
            await end(ending);
            ran.push(ending);
            active.push(...left.splice(0, 1));
            const now = async () => (await running()).map(({ session_id }) => session_id).toSorted();
            await expect.poll(now).toEqual(active.toSorted());
            expect(await queue()).toEqual(left);
          }
          expect(ran.toSorted()).toEqual(ids.toSorted());
        })
        .afterEach(clear),
      { numRuns: 5 },
    );
  });

  it('P36: what is taken out of the queue never runs, and the others keep their order', async () => {
    const anyCase = fc.record({ priorities: anyPriorities(9), out: fc.array(fc.nat(8), { maxLength: 5 }) });
    await fc.assert(
      fc
        .asyncProperty(anyCase, async ({ priorities, out }) => {
          const ids = await startAll(priorities);
          const taken = new Set(out.flatMap((index) => ids[index] ?? []));
          for (const session_id of taken) {
            await test.client(training.unqueue, { params: { session_id } });
            const again = await test.client(training.unqueue, { params: { session_id } }).catch(codeOf);
            expect(again).toBe('training.not_queued');
          }
          const expected = inOrder(ids, priorities).filter((id) => !taken.has(id));
          expect(await queue()).toEqual(expected);
          await connect();
          await areRunning(Math.min(cap, expected.length));
          for (const session_id of taken) {
            const { state } = await test.client(training.status, { params: { session_id } });
            expect(state).toBe('stopped');
          }
        })
        .afterEach(clear),
      { numRuns: 6 },
    );
  });

  it('P37: another server on the same database has the same queue, and gives it out in its order', async () => {
    await fc.assert(
      fc
        .asyncProperty(anyPriorities(6), async (priorities) => {
          const ids = await startAll(priorities);
          const expected = inOrder(ids, priorities);
          const again = await startTestAppBeside(test, patient);
          expect(await queue(again)).toEqual(expected);
          const agent = await ScriptedAgent.connect(again, await enrol(again));
          for (const id of expected) {
            const job = await agent.next('job.assign', undefined, 20_000);
            expect(job.payload).toMatchObject({ sessionId: id });
            await fail(agent, job);
          }
          await agent.close();
          await again.close();
        })
        .afterEach(clear),
      { numRuns: 3 },
    );
  });
});
