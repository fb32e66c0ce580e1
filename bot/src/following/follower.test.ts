import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '@hearth/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TestApp } from '../../../server/src/testing/test-app.ts';
import type { RunningBot } from '../bot.ts';
import { startHearth } from '../testing/hearth.ts';
import { Relay } from '../testing/relay.ts';
import { adminId, newHome, startTestBot } from '../testing/running-bot.ts';
import type { SentMessage } from '../testing/telegram/chats.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram } from '../testing/telegram/telegram.ts';

/** Following a run through bad days. It waits in the real server's queue, for no machine is there. */
let hearth: TestApp;
let key: string;
let relay: Relay;
let telegram: Telegram;
let ada: Person;
let home: string;
let bot: RunningBot;
beforeAll(async () => {
  ({ hearth, key } = await startHearth());
  relay = await Relay.to(hearth.url);
});
afterAll(async () => {
  relay.close();
  await hearth.close();
});
beforeEach(async () => {
  telegram = await Telegram.start({ burst: 50, everyMs: 20 });
  ada = telegram.person(adminId);
  home = newHome();
  bot = await start();
});
afterEach(async () => {
  await bot.stop();
  await telegram.close();
  for (const { session_id } of await hearth.client(routes.training.queue, {}))
    await hearth.client(routes.training.unqueue, { params: { session_id } });
});

const start = () => startTestBot({ telegram, apiUrl: relay.url, apiKey: key, home });

const newRun = async () => {
  const body = {
    model_architecture: 'mlp',
    dataset_name: 'iris',
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 3,
  };
  return (await hearth.client(routes.training.start, { body })).session_id;
};
const stopRun = (session_id: string) => hearth.client(routes.training.stop, { params: { session_id } });

async function followed(): Promise<{ session: string; progress: SentMessage }> {
  const session = await newRun();
  const list = await ada.ask('/follow', /За чем следить/);
  ada.press(list, '📈');
  return { session, progress: await ada.sees(/В очереди, место 1/) };
}
const notices = () =>
  ada.messages.filter(({ text }) => /^⏹ Обучение остановлено: mlp на iris\nЭпох/.test(text));

it('says when Hearth cannot be reached, and goes on when it can', async () => {
  const { session, progress } = await followed();
  relay.cut();
  await ada.reads(progress, /⚠️ Не удалось подключиться к API серверу\. Продолжаю попытки…$/, 15_000);
  relay.mend();
  await ada.reads(progress, /^(?![\s\S]*⚠️)[\s\S]*место 1/, 15_000);
  await stopRun(session);
  await ada.reads(progress, /Обучение остановлено/);
  await expect.poll(notices).toHaveLength(1);
});

it('tells of an end that came while the bot was away, once', async () => {
  const { session, progress } = await followed();
  await bot.stop();
  await stopRun(session);
  bot = await start();
  await ada.reads(progress, /Обучение остановлено/);
  await expect.poll(notices).toHaveLength(1);
  await bot.stop();
  bot = await start();
  await ada.ask('/help', /\/new/);
  expect(notices()).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(home, 'bot', 'followed.json'), 'utf8'))).toEqual([]);
});

it('follows a run in one message of a chat: a later one takes over', async () => {
  const { session, progress } = await followed();
  const list = await ada.ask('/follow', /За чем следить/);
  ada.press(list, '📈');
  const second = await ada.sees(/В очереди, место 1/, { after: list });
  await stopRun(session);
  await ada.reads(second, /Обучение остановлено/);
  await expect.poll(notices).toHaveLength(1);
  expect(progress.text).toMatch(/место 1/);
});

it('lets go of a run that the server no longer knows', async () => {
  const message = await ada.ask('/help', /\/new/);
  await bot.stop();
  mkdirSync(join(home, 'bot'), { recursive: true });
  const kept = [{ sessionId: 'sess_000000000000', chatId: adminId, messageId: message.message_id }];
  writeFileSync(join(home, 'bot', 'followed.json'), JSON.stringify(kept));
  bot = await start();
  await ada.reads(message, /^Не найдено: такого обучения нет$/);
});

it('begins anew when what it kept cannot be read, and puts it aside', async () => {
  await bot.stop();
  writeFileSync(join(home, 'bot', 'followed.json'), '{"half');
  bot = await start();
  await followed();
  expect(readFileSync(join(home, 'bot', 'followed.json.unreadable'), 'utf8')).toBe('{"half');
});

it('does not go on about a chat that is closed to it', async () => {
  const { session } = await followed();
  telegram.chats.block(adminId);
  await stopRun(session);
  await expect.poll(() => JSON.parse(readFileSync(join(home, 'bot', 'followed.json'), 'utf8'))).toEqual([]);
});

it('offers to go on only with what can be gone on with', async () => {
  expect((await ada.ask('/resume', /./)).text).toBe('Продолжать нечего.');
});
