import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const needed = { API_KEY: 'hk_1', BOT_TOKEN: `123:${'a'.repeat(35)}`, ADMIN_ID: '1001' };

it('needs a key, a token and an administrator; the rest has defaults', () => {
  expect(readConfig({ ...needed, HEARTH_HOME: '/srv/hearth' })).toEqual({
    apiUrl: 'http://127.0.0.1:8000',
    apiKey: 'hk_1',
    token: needed.BOT_TOKEN,
    adminIds: [1001],
    telegramUrl: 'https://api.telegram.org',
    webhook: undefined,
    home: join('/srv/hearth', 'bot'),
    logLevel: 'info',
  });
});

it('takes several administrators, addresses with a slash, and a webhook', () => {
  const config = readConfig({
    ...needed,
    ADMIN_ID: ' 1, 22 ',
    API_URL: 'https://hearth.example/',
    BOT_WEBHOOK_URL: 'https://hearth.example/telegram',
    BOT_WEBHOOK_PORT: '9000',
  });
  expect(config.adminIds).toEqual([1, 22]);
  expect(config.apiUrl).toBe('https://hearth.example');
  expect(config.webhook).toEqual({
    url: 'https://hearth.example/telegram',
    host: '127.0.0.1',
    port: 9000,
    secret: undefined,
  });
});

it.each([
  [{ API_KEY: ' ' }, /^API_KEY: is needed/],
  [{ BOT_TOKEN: 'token' }, /^BOT_TOKEN: is not a token/],
  [{ ADMIN_ID: '@ada' }, /^ADMIN_ID: a number/],
  [{ ADMIN_ID: undefined }, /^ADMIN_ID: is needed/],
  [{ API_URL: 'localhost:8000' }, /^API_URL: the address/],
  [{ BOT_WEBHOOK_SECRET: 'short' }, /^BOT_WEBHOOK_SECRET: 16 to 256/],
])('says what is wrong with %o', (wrong, sentence) => {
  expect(() => readConfig({ ...needed, ...wrong })).toThrow(ConfigError);
  expect(() => readConfig({ ...needed, ...wrong })).toThrow(sentence);
});
