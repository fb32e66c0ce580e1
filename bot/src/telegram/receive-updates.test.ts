import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningBot } from '../bot.ts';
import { adminId, newHome, startTestBot } from '../testing/running-bot.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram } from '../testing/telegram/telegram.ts';

/** How updates arrive. No Hearth is asked for anything here. */
let telegram: Telegram;
let ada: Person;
let home: string;
let bots: RunningBot[];
beforeEach(async () => {
  telegram = await Telegram.start({ burst: 100, everyMs: 1 });
  ada = telegram.person(adminId);
  home = newHome();
  bots = [];
});
afterEach(async () => {
  for (const bot of bots) await bot.stop();
  await telegram.close();
});

async function start(env: Record<string, string> = {}): Promise<RunningBot> {
  const bot = await startTestBot({ telegram, apiUrl: 'http://127.0.0.1:9', apiKey: 'k', home, env });
  bots.push(bot);
  return bot;
}
const stop = async (bot: RunningBot) => {
  await bot.stop();
  bots.splice(bots.indexOf(bot), 1);
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const helps = () => ada.messages.filter(({ text }) => text.includes('/new')).length;

describe('long polling', () => {
  it('handles what comes in order, and what waited while the bot was away', async () => {
    ada.write('/start');
    await start();
    await ada.sees(/Выберите, что сделать/);
    await ada.ask('/help', /\/new/);
  });

  it('handles no update twice, not even after a restart', async () => {
    const bot = await start();
    const update = ada.write('/help');
    await expect.poll(helps).toBe(1);
    telegram.updates.repeat(update);
    ada.write('/cancel');
    await ada.sees(/Отменять нечего/);
    await stop(bot);
    telegram.updates.repeat(update);
    await start();
    ada.write('/start');
    await ada.sees(/Выберите/);
    expect(telegram.updates.deliveries.filter((id) => id === update.update_id).length).toBeGreaterThanOrEqual(
      3,
    );
    expect(helps()).toBe(1);
  });

  it('takes a webhook away that was set before', async () => {
    telegram.updates.setWebhook({ url: 'http://127.0.0.1:9/old' });
    await start();
    await ada.ask('/help', /\/new/);
    expect(telegram.updates.webhook).toBeUndefined();
  });

  it('keeps on when Telegram hangs up', async () => {
    telegram.refuse('getUpdates', 'hang-up', 3);
    await start();
    await ada.ask('/help', /\/new/);
  });

  it('stops when another program takes the updates, and says so', async () => {
    const bot = await start();
    const ended = bot.finished.then(
      () => 'stopped',
      (error: Error) => error.message,
    );
    await start();
    expect(await ended).toMatch(/Conflict/);
    await stop(bot);
  });
});

describe('webhook', () => {
  const secret = 'a-secret-of-the-webhook';
  let url: string;
  const startWebhook = async (env: Record<string, string> = {}) => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/telegram/hook`;
    return start({
      BOT_WEBHOOK_URL: url,
      BOT_WEBHOOK_PORT: String(port),
      BOT_WEBHOOK_SECRET: secret,
      ...env,
    });
  };
  const post = (body: string, headers: Record<string, string> = {}, to = url, method = 'POST') =>
    fetch(to, {
      method,
      ...(method === 'POST' ? { body } : {}),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const withSecret = { 'x-telegram-bot-api-secret-token': secret };

  it('tells Telegram where to call, with the secret, and handles what comes', async () => {
    await startWebhook();
    expect(telegram.updates.webhook).toMatchObject({
      url,
      secret_token: secret,
      allowed_updates: ['message', 'callback_query'],
    });
    await ada.ask('/help', /\/new/);
    expect(telegram.updates.pending).toBe(0);
  });

  it('makes up a secret where none is set', async () => {
    await startWebhook({ BOT_WEBHOOK_SECRET: '' });
    expect(telegram.updates.webhook?.secret_token).toMatch(/^[0-9a-f]{64}$/);
    await ada.ask('/help', /\/new/);
  });

  it('handles an update once, however often and however much at once it comes', async () => {
    await startWebhook();
    const update = ada.write('/help');
    await expect.poll(helps).toBe(1);
    const body = JSON.stringify(update);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body, withSecret)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    await ada.ask('/cancel', /Отменять нечего/);
    expect(helps()).toBe(1);
  });

  it('refuses callers that are not Telegram, and what is no update', async () => {
    await startWebhook();
    const body = JSON.stringify({ update_id: 1, message: { text: '/help' } });
    const wrong = { 'x-telegram-bot-api-secret-token': 'another-secret-of-it' };
    expect((await post(body)).status).toBe(401);
    expect((await post(body, wrong)).status).toBe(401);
    expect((await post(body, withSecret, url.replace('hook', 'other'))).status).toBe(404);
    expect((await post('', withSecret, url, 'GET')).status).toBe(405);
    expect((await post('not json', withSecret)).status).toBe(400);
    expect((await post('{"update":1}', withSecret)).status).toBe(400);
    expect((await post(`{"update_id":1,"x":"${'x'.repeat(1_100_000)}"}`, withSecret)).status).toBe(413);
    expect(telegram.calls.filter(({ method }) => method === 'sendMessage')).toEqual([]);
  });
});

it('has one sentence for a Hearth that is not there', async () => {
  await start();
  expect((await ada.ask('📁 Список датасетов', /./)).text).toBe('Не удалось подключиться к API серверу.');
  expect((await ada.ask('Привет', /./)).text).toBe('Не удалось подключиться к API серверу.');
});

it('is silent in groups', async () => {
  await start();
  telegram.updates.add({
    message: {
      message_id: 1,
      date: 1,
      chat: { id: -5, type: 'group', title: 'g' },
      from: { id: adminId, is_bot: false, first_name: 'A' },
      text: '/help',
    },
  });
  await ada.ask('/help', /\/new/);
  expect(telegram.refused()).toEqual([]);
});
