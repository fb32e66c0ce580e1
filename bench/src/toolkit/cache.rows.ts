import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SmartCache } from '@hearth/toolkit/performance';
import { LRUCache } from 'lru-cache';
import type { BenchRow } from '../harness.ts';
import { cpuPerOperation } from './cpu-per-operation.ts';

const operations = 3_000_000;
const keys = Array.from({ length: 1500 }, (_, i) => `key ${i}`);
const keyAt = (i: number) => keys[(i * 7919) % keys.length]!;
const ttlMs = 3_600_000;

interface Cache {
  get(key: string): number | undefined;
  set(key: string, value: number): unknown;
}

/** lru-cache with the counters that SmartCache keeps. */
class CountingLru implements Cache {
  readonly #cache = new LRUCache<string, number>({ max: 1000, ttl: ttlMs });
  hits = 0;
  misses = 0;

  get(key: string): number | undefined {
    const value = this.#cache.get(key);
    if (value === undefined) this.misses++;
    else this.hits++;
    return value;
  }

  set(key: string, value: number): void {
    this.#cache.set(key, value);
  }
}

/** Keeps the compiler from leaving the work out. */
const sink = { total: 0 };
const gets = (cache: Cache) => () =>
  cpuPerOperation((count) => {
    for (let i = 0; i < count; i++) sink.total += cache.get(keyAt(i)) ?? 0;
  }, operations);
const sets = (cache: Cache) => () =>
  cpuPerOperation((count) => {
    for (let i = 0; i < count; i++) cache.set(keyAt(i), i);
  }, operations);

function filled<C extends Cache>(cache: C): C {
  for (const key of keys) cache.set(key, 1);
  return cache;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of heap that an entry costs beyond its key and value, which exist anyway. */
async function bytesPerEntry(newCache: (max: number) => Cache): Promise<number> {
  const entries = 100_000;
  const texts = Array.from({ length: entries }, (_, i) => `entry ${i}`);
  for (const text of texts) sink.total += text.length;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const cache = newCache(entries);
  for (const text of texts) cache.set(text, 1);
  collect();
  const after = process.memoryUsage();
  sink.total += cache.get(texts[0]!) ?? 0;
  return (after.heapUsed - heapUsed + after.arrayBuffers - arrayBuffers) / entries;
}

const [ours, counting] = [filled(new SmartCache<string, number>()), filled(new CountingLru())];
const bare = filled(new LRUCache<string, number>({ max: 1000, ttl: ttlMs }));
export const rows: BenchRow[] = [
  {
    name: 'TTL cache: get, two thirds hits',
    unit: 'CPU-ns/get',
    ours: gets(ours),
    peers: { 'lru-cache + counters': gets(counting), 'lru-cache': gets(bare) },
    note: 'the bare one counts nothing',
  },
  {
    name: 'TTL cache: set, a third evicts',
    unit: 'CPU-ns/set',
    ours: sets(ours),
    peers: { 'lru-cache + counters': sets(counting), 'lru-cache': sets(bare) },
    note: 'one call more, and a clock that can be passed in',
  },
  {
    name: 'TTL cache: memory',
    unit: 'bytes/entry',
    ours: () => bytesPerEntry((max) => new SmartCache<string, number>({ maxSize: max })),
    peers: { 'lru-cache': () => bytesPerEntry((max) => new LRUCache<string, number>({ max, ttl: ttlMs })) },
    note: '100,000 entries, without key and value',
  },
];
