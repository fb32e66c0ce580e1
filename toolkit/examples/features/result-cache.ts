import assert from 'node:assert/strict';
import {
  FileResultStore,
  PostgresResultStore,
  ResultCache,
  type ResultStore,
  type SqlQuery,
} from '@hearth/toolkit/features';
import { temporaryFolder } from '../temporary-folder.ts';

const directory = temporaryFolder();
// A store of your own, in a database say, has the same six methods.
const store: ResultStore = new FileResultStore(directory);
const cache = new ResultCache({ store, ttlMs: 60_000 });
await cache.set('ls -la', { files: ['a', 'b'] });

// In a table of PostgreSQL instead; `pool` is one of `pg`.
export const cacheIn = (pool: { query: SqlQuery }) =>
  new ResultCache({ store: new PostgresResultStore((text, values) => pool.query(text, values)) });

// Another process, or this one after a restart, finds it.
assert.deepEqual(await new ResultCache({ directory }).get('ls -la'), { files: ['a', 'b'] });
assert.equal((await cache.getStats()).size, 1);
