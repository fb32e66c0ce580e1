import { PassThrough } from 'node:stream';
import { Api } from 'grammy';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';
import { testToken } from './testing/telegram/telegram.ts';

it('never tells the token, not even when Telegram is out of reach', async () => {
  const out = new PassThrough();
  const log = createLog('info', [testToken], out);
  const api = new Api(testToken, { apiRoot: 'http://127.0.0.1:9' });
  const err = await api.getMe().catch((error: unknown) => error);
  log.error({ err }, 'The bot cannot begin.');
  const line = String(out.read());
  expect(line).toContain('getMe');
  expect(line).toContain('***');
  expect(line).not.toContain(testToken);
});
