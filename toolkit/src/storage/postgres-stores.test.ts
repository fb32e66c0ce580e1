import { testDatabase } from '@hearth/launcher/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresResultStore, ResultCache } from '../features/index.ts';
import { ManualClock } from '../manual-clock.ts';
import { AuditLogger, PostgresAuditStore } from '../security/index.ts';
import type { SqlQuery } from './sql-query.ts';

let pool: Pool;
let drop: () => Promise<void>;
const query: SqlQuery = (text, values) => pool.query(text, values);
beforeAll(async () => {
  const database = await testDatabase();
  drop = database.drop;
  pool = new Pool({ connectionString: database.url });
  // The database may be dropped before the last connection has parted.
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await drop();
});

describe('results in PostgreSQL', () => {
  it('are there for another process, until they expire', async () => {
    const clock = new ManualClock();
    const caches = [1, 2].map(
      () => new ResultCache({ store: new PostgresResultStore(query), clock, ttlMs: 1000 }),
    );
    const [one, other] = caches as [ResultCache, ResultCache];
    await Promise.all([one.set('a', { n: [1, 'ж'] }), other.set('b', null)]);
    expect(await other.get('a')).toEqual({ n: [1, 'ж'] });
    await one.set('a', 2);
    expect(await other.get('a')).toBe(2);
    await clock.advance(1001);
    expect(await other.get('a')).toBeUndefined();
    expect(await new PostgresResultStore(query).removeExpired(clock.now())).toBeLessThanOrEqual(2);
    expect(await new PostgresResultStore(query).count()).toBe(0);
  });

  it('refuse a table that is no name', () => {
    expect(() => new PostgresResultStore(query, { table: 'x; drop table y' })).toThrow(RangeError);
  });

  it('try again where the table could not be made', async () => {
    let failures = 2;
    const flaky: SqlQuery = (text, values) =>
      failures-- > 0 ? Promise.reject(new Error('away')) : query(text, values);
    const store = new PostgresResultStore(flaky, { table: 'later' });
    await expect(store.count()).rejects.toThrow('away');
    expect(await store.count()).toBe(0);
  });
});

describe('an audit in PostgreSQL', () => {
  it('tells the newest first, filtered', async () => {
    const logger = new AuditLogger({ store: new PostgresAuditStore(query) });
    for (const [type, user] of [
      ['login', 'ada'],
      ['login', 'bob'],
      ['delete', 'ada'],
    ] as const)
      await logger.logEvent(type, user, { details: { n: 1 } });
    const store = new PostgresAuditStore(query);
    expect((await store.recent(2, {})).map(({ type, userId }) => `${type} ${userId}`)).toEqual([
      'delete ada',
      'login bob',
    ]);
    expect(await store.recent(9, { type: 'login', userId: 'ada' })).toEqual([
      expect.objectContaining({ type: 'login', userId: 'ada', success: true, details: { n: 1 } }),
    ]);
    expect(await store.recent(Infinity, {})).toHaveLength(3);
  });
});
