import { routes } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobsApp, scriptOrder, startJobsApp } from '../testing/jobs-app.ts';
import { finished, machine, printed, ScriptedAgent, started } from '../testing/scripted-agent.ts';

const { jobs } = routes;
let test: JobsApp;
beforeAll(async () => {
  test = await startJobsApp({ config: { maxConcurrentSessions: 3, rateLimitPerMinute: 0 } });
});
afterAll(() => test.close());

const jobOf = (id: string) => test.client(jobs.get, { params: { id } });
const training = (more: object = {}) => scriptOrder({ kind: 'training', title: 'heavy', ...more });

describe('a light script', () => {
  it('goes out with the commit that stores it, and its end comes with exit code and output', async () => {
    const agent = await ScriptedAgent.connect(test);
    const id = await test.jobs.enqueueAlone(scriptOrder());
    const job = await agent.next('job.assign');
    expect(job).toMatchObject({ jobId: id, gpus: [], gang: null });
    const ended = test.jobs.waitForEnd(id);
    const body = [printed('stdout', 0, 'hel'), printed('stderr', 0, 'oops\n'), printed('stdout', 3, 'lo\n')];
    agent.events(job, 1, [started(), ...body, finished('completed', {}, 0)]);
    expect(await ended).toMatchObject({
      job: { outcome: 'completed', exitCode: 0, attempt: 1 },
      stdout: 'hello\n',
      stderr: 'oops\n',
    });
    expect(await jobOf(id)).toMatchObject({
      state: 'completed',
      exit_code: 0,
      created_by: 'admin@hearth.test',
    });
    // Who asks when it is over gets the same.
    expect((await test.jobs.waitForEnd(id)).stdout).toBe('hello\n');
    await agent.close();
  });

  it('is alone as long as it has not ended, where it has a mutex', async () => {
    const agent = await ScriptedAgent.connect(test);
    const orders = Array.from({ length: 5 }, () => ({ ...scriptOrder(), mutex: 'script:hello.py' }));
    const ids = await Promise.all(orders.map((order) => test.jobs.enqueueOnly(order)));
    expect(ids.filter(Boolean)).toHaveLength(1);
    const job = await agent.next('job.assign');
    expect(ids).toContain(job.jobId);
    expect(await test.jobs.enqueueOnly(orders[0]!)).toBeUndefined();
    expect(await test.jobs.enqueueOnly({ ...orders[0]!, mutex: 'script:other.py' })).toBeDefined();
    const other = await agent.next('job.assign');
    agent.events(job, 1, [started(), finished('failed')]);
    agent.events(other, 1, [started(), finished('completed')]);
    await agent.acked(job, 2);
    await agent.acked(other, 2);
    const after = await test.jobs.enqueueOnly(orders[0]!);
    const next = await agent.next('job.assign');
    expect(next.jobId).toBe(after);
    agent.events(next, 1, [started(), finished('completed')]);
    await agent.acked(next, 2);
    await agent.close();
  });

  it('gives up waiting when told to', async () => {
    const id = await test.jobs.enqueueAlone(scriptOrder());
    await expect(test.jobs.waitForEnd(id, AbortSignal.timeout(50))).rejects.toThrow();
    await test.jobs.cancel(id);
    expect((await test.jobs.waitForEnd(id)).job.outcome).toBe('stopped');
  });
});

describe('100 simultaneous starts', () => {
  it('on a node with a cap of 3: exactly 3 run, 97 wait in order, all end, none twice', async () => {
    const agent = await ScriptedAgent.connect(test);
    const ids = await Promise.all(Array.from({ length: 100 }, () => test.jobs.enqueueAlone(training())));
    const begun: string[] = [];
    const first = [];
    for (let i = 0; i < 3; i += 1) first.push(await agent.next('job.assign'));
    await expect(agent.next('job.assign', undefined, 300)).rejects.toThrow('No job.assign');
    const { items } = await test.client(jobs.list, { query: { state: 'queued', limit: 200 } });
    expect(items).toHaveLength(97);
    const waiting = (await test.jobs.queue('training')).map(({ id }) => id);
    const active = [...first];
    begun.push(...first.map(({ jobId }) => jobId));
    while (active.length > 0) {
      const job = active.shift()!;
      agent.events(job, 1, [started(), finished('completed')]);
      await agent.acked(job, 2);
      if (begun.length < 100) {
        const next = await agent.next('job.assign');
        begun.push(next.jobId);
        active.push(next);
        expect(active.length).toBe(3);
      }
    }
    expect(begun.slice(3)).toEqual(waiting);
    expect(new Set(begun)).toEqual(new Set(ids));
    const all = await test.database.$client.query(
      `select outcome, attempt, count(*)::int from jobs where kind = 'training' group by 1, 2`,
    );
    expect(all.rows).toEqual([{ outcome: 'completed', attempt: 1, count: 100 }]);
    await agent.close();
  }, 30_000);

  it('never go over the cap while ones that go out at once and ones from the queue mix', async () => {
    const agent = await ScriptedAgent.connect(test);
    let running = 0;
    let most = 0;
    let ended = 0;
    const total = 120;
    const work = async () => {
      while (ended < total) {
        const job = await agent.next('job.assign', undefined, 5_000).catch(() => undefined);
        if (!job) return;
        running += 1;
        most = Math.max(most, running);
        setTimeout(
          () => {
            running -= 1;
            ended += 1;
            agent.events(job, 1, [started(), finished('completed')]);
          },
          1 + (ended % 5),
        );
      }
    };
    const order = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        if (i % 3 === 0) {
          await test.database.transaction((tx) => test.jobs.enqueue(tx, training()));
          void test.jobs.dispatch();
        } else if (i % 3 === 1) await test.jobs.enqueueOnly({ ...training(), mutex: crypto.randomUUID() });
        else await test.jobs.enqueueAlone(training());
      }
    };
    await Promise.all([work(), ...Array.from({ length: 6 }, () => order(total / 6))]);
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(total);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
    await agent.close();
  }, 30_000);
});

describe('GPUs', () => {
  const gpu = { name: 'NVIDIA GeForce RTX 3060', memory_bytes: 12e9 };
  const withGpus = (count: number) => ({ machine: { ...machine, gpus: Array(count).fill(gpu) } });

  it('are given by index, one job each; who wants more than any machine has waits and says why', async () => {
    const agent = await ScriptedAgent.connect(test, undefined, withGpus(2));
    const [two, one, three] = [2, 1, 3].map((gpuCount) => test.jobs.enqueueAlone(scriptOrder({ gpuCount })));
    const ids = await Promise.all([two, one, three]);
    const job = await agent.next('job.assign');
    expect(job).toMatchObject({ jobId: ids[0], gpus: [0, 1] });
    await expect
      .poll(async () => (await jobOf(ids[2]!)).waiting_for, { timeout: 5_000 })
      .toBe('Needs a machine with 3 GPUs for script jobs; online are 0.');
    expect((await jobOf(ids[1]!)).waiting_for).toBe('Waits until 1 GPU of one machine are free.');
    // Nobody who needs none is held up.
    const light = await test.jobs.enqueueAlone(scriptOrder());
    const passed = await agent.next('job.assign');
    expect(passed).toMatchObject({ jobId: light, gpus: [] });
    agent.events(job, 1, [started(), finished('completed')]);
    const next = await agent.next('job.assign');
    expect(next).toMatchObject({ jobId: ids[1], gpus: [0] });
    expect(await jobOf(ids[1]!)).toMatchObject({ gpus: [0], waiting_for: null });
    for (const left of [passed, next]) {
      agent.events(left, 1, [started(), finished('completed')]);
      await agent.acked(left, 2);
    }
    await test.jobs.cancel(ids[2]!);
    await agent.close();
  });
});

describe('a gang', () => {
  const order = (size: number) => Array.from({ length: size }, () => training());
  const enqueue = async (size: number) => {
    const ids = await test.database.transaction((tx) => test.jobs.enqueueGang(tx, order(size)));
    await test.jobs.dispatch();
    return ids;
  };

  it('begins together on machines of its own, and meets at the first', async () => {
    const a = await ScriptedAgent.connect(test);
    const ids = await enqueue(2);
    await expect(a.next('job.assign', undefined, 200)).rejects.toThrow('No job.assign');
    const b = await ScriptedAgent.connect(test, undefined, {
      machine: { ...machine, addresses: ['10.0.0.2'] },
    });
    const [one, other] = await Promise.all([a.next('job.assign'), b.next('job.assign')]);
    expect(new Set([one.jobId, other.jobId])).toEqual(new Set(ids));
    const [first, second] = one.gang!.rank === 0 ? [one, other] : [other, one];
    const master = first === one ? '127.0.0.1' : '10.0.0.2';
    expect(first.gang).toMatchObject({ rank: 0, size: 2, masterAddress: master });
    expect(second.gang).toEqual({ ...first.gang, rank: 1 });
    expect(first.gang!.masterPort).toBeGreaterThanOrEqual(20_000);
    a.events(one, 1, [started(), finished('completed')]);
    b.events(other, 1, [started(), finished('completed')]);
    await Promise.all([a.acked(one, 2), b.acked(other, 2)]);
    await Promise.all([a.close(), b.close()]);
  });

  it('ends together: a failure, a stop and a loss of one stop the others', async () => {
    const agents = [await ScriptedAgent.connect(test), await ScriptedAgent.connect(test)];
    const [a, b] = agents as [ScriptedAgent, ScriptedAgent];
    for (const end of ['fails', 'is stopped', 'is lost'] as const) {
      const ids = await enqueue(2);
      const one = await a.next('job.assign');
      const other = await b.next('job.assign');
      a.events(one, 1, [started()]);
      b.events(other, 1, [started()]);
      await Promise.all([a.acked(one, 1), b.acked(other, 1)]);
      if (end === 'fails') a.events(one, 2, [finished('failed')]);
      else if (end === 'is stopped') {
        const cancelled = test.jobs.cancel(one.jobId);
        await a.next('job.cancel', ({ jobId }) => jobId === one.jobId);
        a.events(one, 2, [finished('stopped')]);
        expect(await cancelled).toBe('stopped');
      } else {
        await test.database.$client.query(
          `update jobs set lease_expires_at = now() - interval '1 s' where id = $1`,
          [one.jobId],
        );
      }
      await b.next('job.cancel', ({ jobId }) => jobId === other.jobId);
      b.events(other, 2, [finished('stopped')]);
      await b.acked(other, 2);
      const ended = await Promise.all(ids.map((id) => jobOf(id)));
      // What one has failed at, all have.
      const outcome = end === 'is stopped' ? 'stopped' : 'failed';
      expect(ended.map(({ state }) => state)).toEqual([outcome, outcome]);
      const { error } = ended.find(({ id }) => id === other.jobId)!;
      expect(error?.code).toBe(outcome === 'failed' ? 'job.gang_broken' : undefined);
    }
    await Promise.all(agents.map((agent) => agent.close()));
  }, 20_000);

  it('that has not begun is stopped whole, and goes back whole when one of it is refused', async () => {
    const ids = await enqueue(3);
    expect(await test.jobs.cancel(ids[1]!)).toBe('stopped');
    for (const id of ids) expect((await jobOf(id)).state).toBe('stopped');
    const agents = [await ScriptedAgent.connect(test), await ScriptedAgent.connect(test)];
    const [a, b] = agents as [ScriptedAgent, ScriptedAgent];
    const again = await enqueue(2);
    const { jobId, leaseId } = await a.next('job.assign');
    const other = await b.next('job.assign');
    a.send({ type: 'job.refused', jobId, leaseId, reason: 'full' });
    await b.next('job.drop', (drop) => drop.leaseId === other.leaseId);
    for (const id of again) await expect.poll(async () => (await jobOf(id)).state).toBe('queued');
    await test.jobs.cancel(again[0]!);
    await Promise.all(agents.map((agent) => agent.close()));
  });
});
