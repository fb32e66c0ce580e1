import { Client } from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('gives every caller an empty UTF-8 database of its own', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await query(one.url, 'CREATE TABLE mine (id int)');
  expect(await query(two.url, `SELECT to_regclass('mine') AS found`)).toEqual([{ found: null }]);
  expect(await query(one.url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(query(one.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
});

test('prepares a template once and copies it', async () => {
  let times = 0;
  const template = {
    name: `things ${process.pid} ${Date.now()}`,
    async prepare(url: string) {
      times += 1;
      await query(url, `CREATE TABLE thing AS SELECT 'prepared' AS state`);
    },
  };
  const copies = await Promise.all([1, 2, 3].map(() => testDatabase({ template })));
  await query(copies[0]!.url, `UPDATE thing SET state = 'changed'`);
  expect(await query(copies[1]!.url, 'SELECT state FROM thing')).toEqual([{ state: 'prepared' }]);
  expect(times).toBe(1);
  await Promise.all(copies.map((copy) => copy.drop()));
});

test('a template that could not be prepared is tried again', async () => {
  const name = `broken ${process.pid} ${Date.now()}`;
  const broken = { name, prepare: () => Promise.reject(new Error('no such migration')) };
  await expect(testDatabase({ template: broken })).rejects.toThrow('no such migration');
  const mended = await testDatabase({
    template: { name, prepare: (url) => query(url, 'CREATE TABLE thing ()').then(() => undefined) },
  });
  expect(await query(mended.url, 'SELECT count(*)::int AS n FROM thing')).toEqual([{ n: 0 }]);
  await mended.drop();
});
