import { expect, test } from 'vitest';
import { agentEnv, botEnv, localServerUrl, serverEnv } from './child-env.ts';

const facts = { home: '/h', databaseUrl: 'postgresql:///hearth', localTokenFile: '/h/local-agent.token' };
const env = {
  PATH: '/bin',
  HF_TOKEN: 'hub',
  API_KEYS: 'k',
  HEARTH_ADMIN_PASSWORD: 'p',
  DATABASE_URL: 'theirs',
  BOT_TOKEN: '1:x',
};

test('the server gets the database and the port it had', () => {
  expect(serverEnv(env, facts, '8123')).toMatchObject({
    API_KEYS: 'k',
    DATABASE_URL: 'postgresql:///hearth',
    HEARTH_HOME: '/h',
    HEARTH_LOCAL_TOKEN_FILE: '/h/local-agent.token',
    API_PORT: '8123',
  });
  expect(serverEnv({ API_PORT: '0' }, facts).API_PORT).toBe('0');
});

test('the agent, which runs scripts, gets none of the keys to the server', () => {
  expect(agentEnv(env, facts, 'http://127.0.0.1:8000')).toEqual({
    PATH: '/bin',
    HF_TOKEN: 'hub',
    HEARTH_HOME: '/h',
    HEARTH_LOCAL_TOKEN_FILE: '/h/local-agent.token',
    HEARTH_SERVER_URL: 'http://127.0.0.1:8000',
    NODE_COMPILE_CACHE: '/h/cache/node',
  });
});

test('the bot gets its token and a key, and nothing that opens the database', () => {
  const given = botEnv(env, facts, 'http://127.0.0.1:8000');
  expect(given).toMatchObject({ BOT_TOKEN: '1:x', API_KEY: 'k', API_URL: 'http://127.0.0.1:8000' });
  for (const secret of ['DATABASE_URL', 'API_KEYS', 'HEARTH_ADMIN_PASSWORD', 'HEARTH_LOCAL_TOKEN_FILE'])
    expect(given).not.toHaveProperty(secret);
  const own = { ...env, API_KEY: 'own', API_URL: 'https://hearth.example' };
  expect(botEnv(own, facts, 'http://x')).toMatchObject({ API_KEY: 'own', API_URL: 'https://hearth.example' });
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:8000'],
  ['::', 'http://127.0.0.1:8000'],
  ['192.168.1.5', 'http://192.168.1.5:8000'],
  ['fd00::1', 'http://[fd00::1]:8000'],
])('a server at %s is reached at %s', (host, url) => {
  expect(localServerUrl(host, '8000')).toBe(url);
});
