import { PgBoss } from 'pg-boss';

const concurrency = 8;
const queue = 'bench';
/** As it is quickest: woken by NOTIFY, 24 jobs in hand, fetching on at once while batches come full. */
const batching = {
  localConcurrency: 2,
  batchSize: 12,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
};

async function withBoss(url, options, task, work) {
  const boss = new PgBoss({ connectionString: url, max: 20, useListenNotify: true });
  boss.on('error', (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(queue, { notify: true });
  await boss.work(queue, options, task);
  try {
    return await work(() => boss.send(queue, { epochs: 1 }));
  } finally {
    await boss.stop({ graceful: true });
  }
}

/** Adds `count` jobs over 8 connections and works them off in batches; jobs per second. */
export function pgBossRate(url, count, options = batching) {
  let done = 0;
  const { promise: all, resolve: finished } = Promise.withResolvers();
  const task = async (jobs) => {
    done += jobs.length;
    if (done === count) finished();
  };
  return withBoss(url, options, task, async (send) => {
    const began = performance.now();
    let left = count;
    const add = async () => {
      while (left-- > 0) await send();
    };
    await Promise.all(Array.from({ length: concurrency }, add));
    await all;
    return count / ((performance.now() - began) / 1000);
  });
}

/** From `send` to the task's start, one after the other; the 95th percentile in milliseconds. */
export function pgBossDelay(url, count) {
  let started = Promise.withResolvers();
  const task = async () => started.resolve(performance.now());
  return withBoss(url, { localConcurrency: concurrency }, task, async (send) => {
    const delays = [];
    for (let i = 0; i < count; i++) {
      started = Promise.withResolvers();
      const began = performance.now();
      await send();
      delays.push((await started.promise) - began);
    }
    return delays.sort((a, b) => a - b)[Math.floor(count * 0.95)];
  });
}
