import { ThreadPool } from './thread-pool.ts';

export interface ParallelizeOptions {
  /** Parts the list is cut into, each on a thread. Default 4. */
  numWorkers?: number;
  /** A pool to share. Default: one of its own, whose threads end when idle. */
  pool?: ThreadPool;
  /** Ends all parts. */
  signal?: AbortSignal;
}

/** Cuts `items` into at most `parts` runs of nearly equal length, in order. */
export function split<T>(items: readonly T[], parts: number): T[][] {
  const count = Math.min(parts, items.length);
  const bound = (i: number) => Math.floor((i * items.length) / count);
  return Array.from({ length: count }, (_, i) => items.slice(bound(i), bound(i + 1)));
}

/**
 * Wrapper and method decorator for a function from a list to a list of results: the list is cut, the parts run
 * on threads at the same time, and the results come back in order. The function travels as its source text: it
 * must be self-contained and use no `this`. The first part that fails ends the others.
 *
 * `const squares = parallelize({ numWorkers: 4 })((items: number[]) => items.map((x) => x ** 2))`.
 */
export function parallelize({ numWorkers = 4, pool, signal }: ParallelizeOptions = {}) {
  let own: ThreadPool | undefined;
  return <T, R>(
    fn: (items: T[]) => R[] | Promise<R[]>,
    _context?: ClassMethodDecoratorContext,
  ): ((items: T[]) => Promise<R[]>) =>
    async (items) => {
      own ??= pool ?? new ThreadPool({ maxWorkers: numWorkers, idleTimeoutMs: 1000 });
      const threads = own;
      const futures = split(items, numWorkers).map((part) => threads.run(fn, { args: [part], signal }));
      try {
        const parts = await Promise.all(futures.map((future) => future.result()));
        return parts.flat(1) as R[];
      } catch (error) {
        for (const future of futures) future.cancel();
        throw error;
      }
    };
}
