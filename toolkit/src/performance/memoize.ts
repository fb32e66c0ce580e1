import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../clock.ts';
import type { Wrapper } from '../wrapper.ts';

export interface MemoizeOptions {
  /** Results kept; one more drops the least recently used. Default 128. */
  maxSize?: number;
  /** Life of a result. Default: for ever. */
  ttlMs?: number;
  /** What tells calls apart. Default: type and value of each argument, objects by their JSON. */
  key?: (...args: never[]) => unknown;
  /** Default `systemClock`. */
  clock?: Clock;
}

function describe(arg: unknown): unknown {
  if (typeof arg === 'function' || typeof arg === 'symbol')
    throw new TypeError(`A ${typeof arg} cannot tell calls apart: pass a key function`);
  if (typeof arg === 'object' && arg !== null) return JSON.stringify(arg);
  return Object.is(arg, -0) ? '-0' : String(arg);
}

/** Arguments as one string; the type stands with each value, so 1 and '1' differ. */
const keyOf = (args: unknown[]): unknown => JSON.stringify(args.map((arg) => [typeof arg, describe(arg)]));

/**
 * Wrapper and method decorator: the same arguments give the kept result. Of a method each instance keeps its
 * own. Errors and rejected promises are not kept; callers at the same time share one promise.
 *
 * `const square = memoize({ maxSize: 128 })((x: number) => x ** 2)`.
 */
export function memoize({ maxSize = 128, ttlMs, key, clock = systemClock }: MemoizeOptions = {}): Wrapper {
  const newCache = <R>() =>
    new LRUCache<NonNullable<unknown>, { result: R }>({
      max: maxSize,
      ...(ttlMs !== undefined && { ttl: ttlMs, ttlResolution: 0, perf: { now: () => clock.monotonicMs() } }),
    });
  return <This, Args extends unknown[], R>(fn: (this: This, ...args: Args) => R) => {
    const shared = newCache<R>();
    const ofInstance = new WeakMap<object, typeof shared>();
    const cacheOf = (self: This): typeof shared => {
      if (typeof self !== 'object' || self === null) return shared;
      const cache = ofInstance.get(self) ?? newCache<R>();
      ofInstance.set(self, cache);
      return cache;
    };
    return function (this: This, ...args: Args): R {
      const cache = cacheOf(this);
      const id = key ? ((key as (...args: unknown[]) => unknown)(...args) ?? 'undefined') : keyOf(args)!;
      const kept = cache.get(id);
      if (kept) return kept.result;
      const entry = { result: fn.apply(this, args) };
      cache.set(id, entry);
      if (entry.result instanceof Promise)
        entry.result.catch(() => cache.peek(id) === entry && cache.delete(id));
      return entry.result;
    };
  };
}
