import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const DATABASE_URL = 'postgres:///hearth';

it('has the documented defaults', () => {
  expect(readConfig({ DATABASE_URL })).toMatchObject({
    host: '0.0.0.0',
    port: 8000,
    apiKeys: [],
    maxConcurrentSessions: 1,
    corsOrigins: [],
    admin: undefined,
    logLevel: 'info',
  });
});

it('adds keys of the command line to those of the environment', () => {
  const { apiKeys } = readConfig({ DATABASE_URL, API_KEYS: 'one, two,,' }, [
    '--api-keys',
    'three,four words',
  ]);
  expect(apiKeys).toEqual(['one', 'two', 'three', 'four words']);
});

it('takes an empty setting for none', () => {
  expect(readConfig({ DATABASE_URL, API_PORT: '', HEARTH_ADMIN_EMAIL: '' }).port).toBe(8000);
});

it.each([
  [{}, [], /^DATABASE_URL: .*npm start/],
  [{ DATABASE_URL, API_PORT: '70000' }, [], /^API_PORT: /],
  [{ DATABASE_URL, API_PORT: 'eight' }, [], /^API_PORT: /],
  [{ DATABASE_URL, MAX_CONCURRENT_SESSIONS: '0' }, [], /^MAX_CONCURRENT_SESSIONS: /],
  [{ DATABASE_URL, HEARTH_ADMIN_EMAIL: 'a@hearth.test' }, [], /HEARTH_ADMIN_PASSWORD/],
  [
    { DATABASE_URL, HEARTH_ADMIN_EMAIL: 'a@hearth.test', HEARTH_ADMIN_PASSWORD: 'short' },
    [],
    /^HEARTH_ADMIN_PASSWORD: /,
  ],
  [{ DATABASE_URL, LOG_LEVEL: 'loud' }, [], /^LOG_LEVEL: /],
  [{ DATABASE_URL }, ['--api-key', 'x'], /--api-key/],
])('says in a line what is wrong with %j %j', (env, args, message) => {
  expect(() => readConfig(env, args)).toThrow(ConfigError);
  expect(() => readConfig(env, args)).toThrow(message);
});
