import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getSmartCache, SmartCache } from './smart-cache.ts';

/** The obvious cache: a list of entries, the least recently used first. */
class ReferenceCache {
  entries: { key: string; value: number; untilMs: number }[] = [];
  readonly maxSize: number;
  readonly ttlMs: number;

  constructor(maxSize: number, ttlMs: number) {
    this.maxSize = maxSize;
    this.ttlMs = ttlMs;
  }

  get(key: string, nowMs: number): number | undefined {
    const entry = this.entries.find((e) => e.key === key);
    if (!entry) return undefined;
    this.entries = this.entries.filter((e) => e !== entry);
    if (entry.untilMs < nowMs) return undefined;
    this.entries.push(entry);
    return entry.value;
  }

  set(key: string, value: number, nowMs: number, ttlMs = this.ttlMs): void {
    this.entries = this.entries.filter((e) => e.key !== key);
    if (this.entries.length === this.maxSize) this.entries.shift();
    this.entries.push({ key, value, untilMs: nowMs + ttlMs });
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const operation = fc.oneof(
  fc.record({ do: fc.constant('get' as const), key }),
  fc.record({
    do: fc.constant('set' as const),
    key,
    value: fc.nat(),
    ttlMs: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
);

describe('SmartCache', () => {
  it('answers as a reference LRU + TTL cache does', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 120, size: 'max' }),
        fc.integer({ min: 1, max: 5 }),
        (script, maxSize) => {
          const clock = new ManualClock();
          clock.skip(1);
          const cache = new SmartCache<string, number>({ maxSize, ttlMs: 50, clock });
          const reference = new ReferenceCache(maxSize, 50);
          for (const step of script) {
            const nowMs = clock.monotonicMs();
            if (step.do === 'wait') clock.skip(step.ms);
            else if (step.do === 'get') expect(cache.get(step.key)).toBe(reference.get(step.key, nowMs));
            else if (step.do === 'set') {
              cache.set(step.key, step.value, step.ttlMs);
              reference.set(step.key, step.value, nowMs, step.ttlMs);
            } else {
              cache.delete(step.key);
              reference.entries = reference.entries.filter((e) => e.key !== step.key);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('trap: overwriting a key at capacity evicts nothing', () => {
    const cache = new SmartCache<string, number>({ maxSize: 2 });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('b', 3);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, 3]);
    cache.set('a', 4);
    cache.set('b', 5);
    cache.set('b', 6);
    expect([cache.get('a'), cache.get('b')]).toEqual([4, 6]);
  });

  it('forgets after an hour by default, counts, and knows its size', () => {
    const clock = new ManualClock();
    clock.skip(1);
    const cache = new SmartCache<string, number>({ clock });
    cache.set('a', 1);
    clock.skip(3_600_000);
    expect(cache.get('a')).toBe(1);
    clock.skip(1);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.getStats()).toEqual({ size: 0, maxSize: 1000, hits: 1, misses: 1, hitRate: 0.5 });
  });

  it('keeps for ever when told so, removes and clears', () => {
    const clock = new ManualClock();
    const cache = new SmartCache<string, number>({ clock, ttlMs: Infinity });
    cache.set('a', 1);
    clock.skip(1e12);
    expect(cache.has('a')).toBe(true);
    expect([cache.delete('a'), cache.delete('a')]).toEqual([true, false]);
    cache.set('b', 1);
    cache.clear();
    expect(cache.getStats().size).toBe(0);
    expect(() => new SmartCache({ ttlMs: 0 })).toThrow(RangeError);
    expect(getSmartCache({ maxSize: 5 })).toBe(getSmartCache());
  });
});
