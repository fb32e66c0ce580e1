import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';

export interface SmartCacheOptions {
  /** Entries at most; one more evicts the least recently used. Default 1000. */
  maxSize?: number;
  /** Life of an entry from its last `set`. Default 3 600 000; `Infinity` for ever. */
  ttlMs?: number;
  /** Default `systemClock`. */
  clock?: Clock;
}

export interface CacheStats {
  size: number;
  maxSize: number;
  hits: number;
  misses: number;
  /** hits / (hits + misses), 0 before the first `get`. */
  hitRate: number;
}

/** Keeps values for a while (TTL) and only so many (LRU), on lru-cache. `undefined` and `null` are no values. */
export class SmartCache<
  K extends NonNullable<unknown> = string,
  V extends NonNullable<unknown> = NonNullable<unknown>,
> {
  readonly #entries: LRUCache<K, V>;
  #hits = 0;
  #misses = 0;

  constructor({ maxSize = 1000, ttlMs = 3_600_000, clock = systemClock }: SmartCacheOptions = {}) {
    this.#entries = new LRUCache({
      max: maxSize,
      ttl: lifeOf(ttlMs),
      perf: { now: () => clock.monotonicMs() },
      // lru-cache may read its clock once a millisecond; a clock that is passed in is read every time.
      ttlResolution: clock === systemClock ? 1 : 0,
    });
  }

  /** Keeps `value`, for `ttlMs` instead of the cache's own TTL when given. */
  set(key: K, value: V, ttlMs?: number): void {
    if (ttlMs === undefined) this.#entries.set(key, value);
    else this.#entries.set(key, value, { ttl: lifeOf(ttlMs) });
  }

  /** The value, while it lives; it becomes the most recently used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) this.#misses++;
    else this.#hits++;
    return value;
  }

  /** Whether a living entry is there; counts as neither a hit nor a use. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** True when there was one to remove. */
  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  getStats(): CacheStats {
    this.#entries.purgeStale();
    const asked = this.#hits + this.#misses;
    return {
      size: this.#entries.size,
      maxSize: this.#entries.max,
      hits: this.#hits,
      misses: this.#misses,
      hitRate: asked === 0 ? 0 : this.#hits / asked,
    };
  }
}

/** lru-cache writes "for ever" as 0 and wants whole milliseconds. */
function lifeOf(ttlMs: number): number {
  if (!(ttlMs > 0)) throw new RangeError('ttlMs must be above 0');
  return ttlMs === Infinity ? 0 : Math.ceil(ttlMs);
}

/** The program's one cache, for those who want one. */
export const getSmartCache = singleton((options?: SmartCacheOptions) => new SmartCache(options));
