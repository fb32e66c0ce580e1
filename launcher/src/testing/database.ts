import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { databaseUrl } from '../postgres/paths.ts';
import { type Anchor, connectToInstance, instancePaths } from './instance.ts';

export interface TestDatabase {
  url: string;
  /** Ends whatever is still connected, and the database. */
  drop(): Promise<void>;
}

export interface TestTemplate {
  /** Must change whenever what `prepare` builds changes: the template outlives one test run by a little. */
  name: string;
  /** Fills a fresh database, once for all processes. Must close its connections. */
  prepare(url: string): Promise<void>;
}

let anchor: Promise<Anchor> | undefined;
const templates = new Map<string, Promise<void>>();

/** One connection a process: it makes the databases, and while it is open the instance stays up. */
function connection(): Promise<Anchor> {
  anchor ??= connectToInstance().then((connected) => {
    connected.client.on('error', () => {
      anchor = undefined;
      templates.clear();
    });
    connected.socket.unref();
    return connected;
  });
  anchor.catch(() => {
    anchor = undefined;
  });
  return anchor;
}

let previous: Promise<unknown> = Promise.resolve();

/** One statement at a time, since a connection takes no more. */
async function run(sql: string): Promise<void> {
  const { client, socket } = await connection();
  const mine = previous.then(() => {
    socket.ref();
    return client.query(sql).finally(() => socket.unref());
  });
  previous = mine.catch(() => undefined);
  await mine;
}

const urlOf = (database: string) => databaseUrl(instancePaths().socket, database);

async function buildTemplate(client: Client, database: string, template: TestTemplate): Promise<void> {
  const { rows } = await client.query<{ whole: boolean }>(
    'SELECT datistemplate AS whole FROM pg_database WHERE datname = $1',
    [database],
  );
  if (rows[0]?.whole) return;
  await client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  await client.query(`CREATE DATABASE "${database}"`);
  await template.prepare(urlOf(database));
  await client.query(`ALTER DATABASE "${database}" IS_TEMPLATE true`);
}

/** Builds the template unless another process has; one that was left half made is made again. */
async function ensureTemplate(database: string, template: TestTemplate): Promise<void> {
  const { client } = await connectToInstance();
  try {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [database]);
    await buildTemplate(client, database, template);
  } finally {
    await client.end();
  }
}

async function templateDatabase(template: TestTemplate): Promise<string> {
  const database = `template_${createHash('sha256').update(template.name).digest('hex').slice(0, 24)}`;
  const building = templates.get(database) ?? ensureTemplate(database, template);
  templates.set(database, building);
  building.catch(() => templates.delete(database));
  await building;
  return database;
}

/**
 * A fresh, empty database (or a copy of the template) on the test instance, which is shared by all test
 * processes of this user and started when needed. Not durable.
 */
export async function testDatabase({ template }: { template?: TestTemplate } = {}): Promise<TestDatabase> {
  const source = template ? await templateDatabase(template) : 'template1';
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await run(`CREATE DATABASE "${database}" TEMPLATE "${source}"`);
  return {
    url: urlOf(database),
    async drop() {
      await run(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    },
  };
}
