import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

/** Adds `count` jobs one by one over 8 connections and works them off 8 at a time; jobs per second. */
export async function graphileRate(url, count) {
  const pgPool = new pg.Pool({ connectionString: url, max: 20 });
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  let done = 0;
  const { promise: all, resolve: finished } = Promise.withResolvers();
  const task = async () => {
    if (++done === count) finished();
  };
  const runner = await run({
    pgPool,
    concurrency: 8,
    noHandleSignals: true,
    taskList: { bench: task },
    logger,
  });
  const began = performance.now();
  let left = count;
  const add = async () => {
    while (left-- > 0) await utils.addJob('bench', { epochs: 1 });
  };
  await Promise.all(Array.from({ length: 8 }, add));
  await all;
  const seconds = (performance.now() - began) / 1000;
  await runner.stop();
  await utils.release();
  await pgPool.end();
  return count / seconds;
}
