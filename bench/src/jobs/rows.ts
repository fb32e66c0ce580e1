import { routes } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import { scriptOrder, startJobsApp } from '../../../server/src/testing/jobs-app.ts';
import { enrol } from '../../../server/src/testing/scripted-agent.ts';
import { startTestApp } from '../../../server/src/testing/test-app.ts';
import type { BenchRow } from '../harness.ts';
import { loadPeer } from '../peers.ts';
import { LeanAgent } from './lean-agent.ts';

const count = 2_000;
const atOnce = 8;
/** As many as the peer has in hand: 8 at work, 16 in its local queue. */
const leases = 24;
const order = scriptOrder({ kind: 'training', title: 'bench' });

interface GraphilePeer {
  graphileRate(url: string, count: number, isBatched: boolean): Promise<number>;
  graphileDelay(url: string, count: number): Promise<number>;
}
interface BossPeer {
  pgBossRate(url: string, count: number): Promise<number>;
  pgBossDelay(url: string, count: number): Promise<number>;
}

const p95 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)]!;

/** Jobs from their order to the server's acknowledgement of their end, through the real queue, leases and WebSocket. */
export async function start() {
  const test = await startJobsApp({ config: { maxConcurrentSessions: leases, rateLimitPerMinute: 0 } });
  const agent = await LeanAgent.connect(test.url, await enrol(test));
  const database = await testDatabase();
  const { graphileRate, graphileDelay } = await loadPeer<GraphilePeer>('graphile.mjs');
  const { pgBossRate, pgBossDelay } = await loadPeer<BossPeer>('pg-boss.mjs');

  const whole = await startTestApp({ config: { maxConcurrentSessions: atOnce, rateLimitPerMinute: 0 } });
  const wholeAgent = await LeanAgent.connect(whole.url, await enrol(whole));
  const form = new FormData();
  form.set('file', new Blob(['x,label\n1,a\n2,b\n3,a\n4,b\n']), 'tiny.csv');
  await whole.client(routes.registry.uploadDataset, { query: { dataset_name: 'tiny' }, body: form });

  /** Orders so many, 8 callers at once, and waits until the end of each is acknowledged. */
  const rate = async (agent: LeanAgent, total: number, place: () => Promise<unknown>) => {
    let ended = 0;
    const { promise: all, resolve } = Promise.withResolvers<void>();
    agent.onEnded = () => {
      ended += 1;
      if (ended === total) resolve();
    };
    const began = performance.now();
    let left = total;
    const caller = async () => {
      while (left-- > 0) await place();
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
    await all;
    return total / ((performance.now() - began) / 1000);
  };
  /** From the order of a job to its arrival at the node, one after the other; the 95th percentile. */
  const delay = async (total: number) => {
    const delays: number[] = [];
    for (let i = 0; i < total; i++) {
      const arrived = Promise.withResolvers<number>();
      const ended = Promise.withResolvers<void>();
      agent.onAssigned = () => arrived.resolve(performance.now());
      agent.onEnded = () => ended.resolve();
      const began = performance.now();
      await test.jobs.enqueueAlone(order);
      delays.push((await arrived.promise) - began);
      await ended.promise;
    }
    agent.onAssigned = () => undefined;
    return p95(delays);
  };
  const config = {
    model_architecture: 'mlp',
    dataset_name: 'tiny',
    learning_rate: 0.01,
    batch_size: 1,
    epochs: 1,
  };
  const durable = 'durable order, start and end on both sides';
  const rows: BenchRow[] = [
    {
      name: `node jobs, ${count} of them, ${atOnce} at once`,
      unit: 'jobs/s',
      higherIsBetter: true,
      ours: () => rate(agent, count, () => test.jobs.enqueueAlone(order)),
      peers: {
        'graphile-worker, batching': () => graphileRate(database.url, count, true),
        'graphile-worker, as it comes': () => graphileRate(database.url, count, false),
        'pg-boss, batches': () => pgBossRate(database.url, count),
      },
      note: `aim: 1 of graphile-worker, 2 of pg-boss; ${durable}; ours with a lease over a real WebSocket, journalled events and acknowledgements; theirs an empty task in process. graphile-worker group commits too, by its local queue and batched completion, pg-boss by fetching and completing batches, woken by NOTIFY; 24 jobs in the node's hand, as in theirs`,
    },
    {
      name: `training runs over HTTP, ${atOnce} at once`,
      unit: 'jobs/s',
      higherIsBetter: true,
      ours: () => rate(wholeAgent, count / 10, () => whole.client(routes.training.start, { body: config })),
      peers: { 'graphile-worker, batching': () => graphileRate(database.url, count / 10, true) },
      note: 'ours: an authenticated request that stores a run with its tracked run beside the job; theirs: addJob in process',
    },
    {
      name: 'a job from its order to its start on the node, p95, one after the other',
      unit: 'ms',
      ours: () => delay(300),
      peers: {
        'graphile-worker': () => graphileDelay(database.url, 300),
        'pg-boss': () => pgBossDelay(database.url, 300),
      },
      note: 'ours: one commit, then the WebSocket; theirs: one commit, then NOTIFY and a fetch',
    },
  ];
  return {
    rows,
    close: async () => {
      agent.close();
      wholeAgent.close();
      await whole.close();
      await test.close();
      await database.drop();
    },
  };
}
