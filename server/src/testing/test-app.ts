import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import type { AppNeeds, Built, Tuning } from '../app.ts';
import type { Clock } from '../platform/clock.ts';
import { type Config, readConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { migrateDatabase } from '../platform/migrate.ts';

export const testAdmin = { email: 'admin@hearth.test', password: 'correct horse battery' };

export interface TestApp extends Built {
  url: string;
  config: Config;
  database: Database;
  /** Access token of the administrator; '' with `setUp: false`. */
  adminToken: string;
  /** The contract's client, as the administrator. */
  client: Client;
  /** Another client; without a token an anonymous one. */
  clientOf(token?: string): Client;
  close(): Promise<void>;
}

export interface TestAppOptions {
  config?: Partial<Config>;
  clock?: Clock;
  /** False: nobody is administrator yet. */
  setUp?: boolean;
  /** Reach the database through this local port instead of its socket. */
  throughPort?: number;
  tuning?: Tuning;
  /** What is built; default: the whole app. */
  build?: (needs: AppNeeds) => Promise<Built>;
}

/** The real app on a port of its own, with a real, freshly migrated database and an empty home. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { setUp = true, clock, throughPort } = options;
  const [home, stored] = await Promise.all([
    mkdtemp(join(tmpdir(), 'hearth-server-')),
    testDatabase({ template: await migrated() }),
  ]);
  const databaseUrl = throughPort === undefined ? stored.url : overTcp(stored.url, throughPort);
  const env = { DATABASE_URL: databaseUrl, HEARTH_HOME: home, API_HOST: '127.0.0.1', API_PORT: '0' };
  const config: Config = { ...readConfig(env), logLevel: 'silent', ...options.config };
  const signIn = setUp ? signInAdmin : () => Promise.resolve('');
  const test = await serve(config, signIn, { ...options, clock });
  return {
    ...test,
    close: async () => {
      await test.close();
      await stored.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Another server on the home and database of `test`: beside it, or after it, as after a restart. */
export function startTestAppBeside(
  test: TestApp,
  tuning?: Tuning,
  build?: TestAppOptions['build'],
): Promise<TestApp> {
  return serve(test.config, () => Promise.resolve(test.adminToken), { tuning, build });
}

async function serve(
  config: Config,
  signIn: (built: Built) => Promise<string>,
  { tuning, clock, build = buildWhole }: Pick<TestAppOptions, 'tuning' | 'clock' | 'build'>,
): Promise<TestApp> {
  const log = createLog(process.env.TEST_LOG_LEVEL ?? config.logLevel);
  const database = openDatabase(config.databaseUrl, log);
  const built = await build({ config, database, log, clock, tuning });
  const url = await built.app.listen({ host: '127.0.0.1', port: 0 });
  const adminToken = await signIn(built);
  const clientOf = (token?: string) => createClient({ baseUrl: url, token: () => token });
  const client = clientOf(adminToken);
  const close = async () => {
    await built.app.close();
    await database.close();
  };
  return { ...built, url, config, database, adminToken, client, clientOf, close };
}

/** Only where it is wanted: a test of one part need not load all. */
const buildWhole = async (needs: AppNeeds) => (await import('../app.ts')).buildApp(needs);

function overTcp(socketUrl: string, port: number): string {
  const { searchParams, pathname } = new URL(socketUrl);
  return `postgres://${searchParams.get('user')}@127.0.0.1:${port}${pathname}`;
}

async function signInAdmin({ setup }: Built): Promise<string> {
  const token = setup.token();
  if (token === undefined) throw new Error('There is an administrator already.');
  const { session } = await setup.setUp({ token, ...testAdmin, name: 'Admin', language: 'en' }, '127.0.0.1');
  return session.access_token;
}

/** A template named after the migrations, so that a changed one is never mistaken for another. */
async function migrated() {
  const journal = await readFile(join(import.meta.dirname, '../../migrations/meta/_journal.json'));
  const name = `server ${createHash('sha256').update(journal).digest('hex')}`;
  return { name, prepare: (url: string) => migrateDatabase(url) };
}
