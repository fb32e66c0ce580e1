import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getResultCache, ResultCache } from './result-cache.ts';
import type { ResultStore, StoredResult } from './result-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'results-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A store of another kind, as a database would be. */
class MapStore implements ResultStore {
  readonly kept = new Map<string, StoredResult>();
  get = async (key: string) => this.kept.get(key);
  set = async (result: StoredResult) => void this.kept.set(result.key, result);
  delete = async (key: string) => this.kept.delete(key);
  clear = async () => this.kept.clear();
  count = async () => this.kept.size;
  removeExpired = async (nowMs: number) => {
    const expired = [...this.kept.values()].filter((result) => result.expiresAtMs <= nowMs);
    for (const { key } of expired) this.kept.delete(key);
    return expired.length;
  };
}

describe.each([
  ['files', () => ({ directory: join(folder, 'shared') })],
  ['a store of your own', () => ({ store: new MapStore() })],
])('ResultCache in %s', (_, options) => {
  it('keeps results for an hour, counts hits, clears away what expired', async () => {
    const clock = new ManualClock();
    const cache = new ResultCache({ clock, ...options() });
    await cache.set('ls -la', { files: ['a', 'b'] });
    await cache.set('date', '2025', 1000);
    expect(await cache.get('ls -la')).toEqual({ files: ['a', 'b'] });
    expect(await cache.get('pwd')).toBeUndefined();
    clock.skip(1000);
    expect(await cache.get('date')).toBeUndefined();
    expect(await cache.getStats()).toEqual({ size: 1, hits: 1, misses: 2, hitRate: 1 / 3 });
    expect([await cache.delete('ls -la'), await cache.delete('ls -la')]).toEqual([true, false]);
    await cache.set('again', 1);
    await cache.clear();
    expect((await cache.getStats()).size).toBe(0);
  });
});

describe('ResultCache', () => {
  it('survives a restart', async () => {
    const directory = join(folder, 'restart');
    const key = '../../etc/passwd\0 ключ';
    await new ResultCache({ directory }).set(key, [1, null, 'три']);
    expect(await new ResultCache({ directory }).get(key)).toEqual([1, null, 'три']);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
  });

  it('leaves no half-written file, whoever writes at the same time', async () => {
    const directory = join(folder, 'busy');
    const caches = [new ResultCache({ directory }), new ResultCache({ directory })];
    const value = (n: number) => ({ n, filling: 'x'.repeat(5000) });
    await Promise.all(Array.from({ length: 40 }, (_, n) => caches[n % 2]!.set('one', value(n))));
    const kept = (await caches[0]!.get('one')) as { n: number; filling: string };
    expect(kept).toEqual(value(kept.n));
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('is one per program when asked for so', () => {
    expect(getResultCache({ directory: folder })).toBe(getResultCache());
  });
});
