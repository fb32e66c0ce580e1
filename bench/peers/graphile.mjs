import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

const concurrency = 8;
/** Its own ways of saving commits: a local queue filled in one fetch, completions written together. */
const batching = {
  worker: { localQueue: { size: concurrency * 2 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
};

async function withGraphile(url, isBatched, task, work) {
  const pgPool = new pg.Pool({ connectionString: url, max: 20 });
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const runner = await run({
    pgPool,
    concurrency,
    noHandleSignals: true,
    taskList: { bench: task },
    logger,
    ...(isBatched ? { preset: batching } : {}),
  });
  try {
    return await work(() => utils.addJob('bench', { epochs: 1 }));
  } finally {
    await runner.stop();
    await utils.release();
    await pgPool.end();
  }
}

/** Adds `count` jobs over 8 connections and works them off 8 at a time; jobs per second. */
export function graphileRate(url, count, isBatched) {
  let done = 0;
  const { promise: all, resolve: finished } = Promise.withResolvers();
  const task = async () => {
    if (++done === count) finished();
  };
  return withGraphile(url, isBatched, task, async (addJob) => {
    const began = performance.now();
    let left = count;
    const add = async () => {
      while (left-- > 0) await addJob();
    };
    await Promise.all(Array.from({ length: concurrency }, add));
    await all;
    return count / ((performance.now() - began) / 1000);
  });
}

/** From `addJob` to the task's start, one after the other; the 95th percentile in milliseconds. */
export function graphileDelay(url, count) {
  let started = Promise.withResolvers();
  const task = async () => started.resolve(performance.now());
  return withGraphile(url, false, task, async (addJob) => {
    const delays = [];
    for (let i = 0; i < count; i++) {
      started = Promise.withResolvers();
      const began = performance.now();
      await addJob();
      delays.push((await started.promise) - began);
    }
    return delays.sort((a, b) => a - b)[Math.floor(count * 0.95)];
  });
}
