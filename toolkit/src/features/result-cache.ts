import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';
import { defaultDirectory } from '../storage/default-directory.ts';
import { FileResultStore, type ResultStore } from './result-store.ts';

export interface ResultCacheOptions {
  /** Life of a result. Default 3 600 000. */
  ttlMs?: number;
  /** Folder of the default store. Default `~/.hearth/toolkit/results`. */
  directory?: string;
  /** Where results are kept. Default: files in `directory`. */
  store?: ResultStore;
  /** Default `systemClock`. */
  clock?: Clock;
}

export interface ResultCacheStats {
  /** Results kept, by all who share the store. */
  size: number;
  /** Of this instance. */
  hits: number;
  misses: number;
  /** hits / (hits + misses), 0 before the first `get`. */
  hitRate: number;
}

/** Keeps results of commands across restarts for a while. Values are kept as JSON. */
export class ResultCache {
  readonly #ttlMs: number;
  readonly #store: ResultStore;
  readonly #clock: Clock;
  #hits = 0;
  #misses = 0;
  #sweepAtMs = 0;

  constructor(options: ResultCacheOptions = {}) {
    this.#ttlMs = options.ttlMs ?? 3_600_000;
    this.#clock = options.clock ?? systemClock;
    this.#store =
      options.store ?? new FileResultStore(options.directory ?? join(defaultDirectory(), 'results'));
  }

  /** Keeps `value` for `ttlMs`. Now and then it clears away what has expired. */
  async set(key: string, value: unknown, ttlMs = this.#ttlMs): Promise<void> {
    const nowMs = this.#clock.now();
    await this.#store.set({ key, value, expiresAtMs: nowMs + ttlMs });
    if (nowMs < this.#sweepAtMs) return;
    this.#sweepAtMs = nowMs + this.#ttlMs;
    await this.#store.removeExpired(nowMs);
  }

  /** The value, while it lives. */
  async get(key: string): Promise<unknown> {
    const kept = await this.#store.get(key);
    const living = kept !== undefined && kept.key === key && kept.expiresAtMs > this.#clock.now();
    if (living) this.#hits++;
    else this.#misses++;
    return living ? kept.value : undefined;
  }

  /** True when there was one to remove. */
  delete(key: string): Promise<boolean> {
    return this.#store.delete(key);
  }

  clear(): Promise<void> {
    return this.#store.clear();
  }

  async getStats(): Promise<ResultCacheStats> {
    const asked = this.#hits + this.#misses;
    await this.#store.removeExpired(this.#clock.now());
    return {
      size: await this.#store.count(),
      hits: this.#hits,
      misses: this.#misses,
      hitRate: asked === 0 ? 0 : this.#hits / asked,
    };
  }
}

/** The program's one result cache, for those who want one. */
export const getResultCache = singleton((options?: ResultCacheOptions) => new ResultCache(options));
