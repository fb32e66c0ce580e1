import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SentMessage } from '../../bot/src/testing/telegram/chats.ts';
import type { Person } from '../../bot/src/testing/telegram/person.ts';
import { readPng } from '../../bot/src/testing/telegram/png.ts';
import { Telegram, testToken } from '../../bot/src/testing/telegram/telegram.ts';
import { findVictim } from './chaos/processes.ts';
import { type Product, startProduct, until } from './testing/product.ts';

/** Training from a phone: the product as `npm start` runs it, its bot included, at Telegram's own pace. */
const adminId = 1001;
let telegram: Telegram;
let product: Product;
let ada: Person;
beforeAll(async () => {
  telegram = await Telegram.start();
  ada = telegram.person(adminId, 'Ada');
  product = await startProduct({
    BOT_TOKEN: testToken,
    BOT_API_URL: telegram.url,
    ADMIN_ID: String(adminId),
  });
  for (const name of ['alice', 'digits'])
    await product.client(routes.registry.addBundledDataset, { params: { name } });
  await until(
    'the machine being there',
    async () => (await product.client(routes.nodes.list, {})).some(({ status }) => status === 'online'),
    30_000,
  );
});
afterAll(async () => {
  expect(await product?.stop()).toBe(0);
  await telegram?.close();
});

/** Answers the bot's questions; resolves with the message that then follows the run. */
async function train(dataset: string, epochs: string): Promise<SentMessage> {
  const question = await ada.ask('🎓 Обучить модель', /На каком датасете/);
  ada.press(question, dataset);
  // Where there is only one model to learn from the data, it is not asked for.
  const next = await ada.reads(question, /Какую модель учить|Сколько эпох/);
  if (/Какую/.test(next.text)) ada.press(next, dataset === 'digits' ? 'mlp' : 'tiny-llama');
  await ada.reads(question, /Сколько эпох/);
  const confirm = await ada.ask(epochs, /Начать обучение\?/);
  ada.press(confirm, '✅');
  return confirm;
}

const gapsMs = ({ faces }: SentMessage) => faces.slice(2).map(({ at }, index) => at - faces[index + 1]!.at);
const findBot = async () => findVictim('bot', product.pid, product.home);

it('trains a model by the dialogue: one message that moves, then a notice with a picture', async () => {
  await ada.ask('/start', /Выберите, что сделать/);
  const progress = await train('digits', '25');
  await ada.reads(progress, /Эпоха [1-9]\d* из 25/, 60_000);
  await ada.reads(progress, /✅ Обучение завершено/, 120_000);
  const notice = await ada.sees(/✅ Обучение завершено/, { after: progress, timeoutMs: 30_000 });
  expect(notice.text).toMatch(/Эпох: 25 из 25[\s\S]*Модель mlp_digits, версия 1/);
  expect(readPng(notice.photo!)).toMatchObject({ width: 1280 });
  writeFileSync(fileURLToPath(new URL('../screenshots/telegram-chart.png', import.meta.url)), notice.photo!);

  const shown = progress.faces
    .map(({ text }) => /Эпоха (\d+) из 25/.exec(text)?.[1])
    .filter(Boolean)
    .map(Number);
  expect(shown.length).toBeGreaterThan(1);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  for (const gap of gapsMs(progress)) expect(gap).toBeGreaterThan(800);
  expect(progress.keyboard).toEqual([]);
});

it('shows the log, and the machine', async () => {
  const notice = await ada.sees(/Модель mlp_digits/);
  ada.press(notice, '📜');
  await ada.sees(/последние строки/, { after: notice });
  expect((await ada.ask('📊 Статус модели', /Статус/)).text).toMatch(/Моделей: 1/);
});

it('goes on following after the bot was killed, and stops a run that nobody wants', async () => {
  const progress = await train('alice', '200');
  await ada.reads(progress, /Эпоха [1-9]\d* из 200/, 120_000);
  const before = progress.faces.length;
  const killed = await until('finding the bot', findBot, 10_000);
  process.kill(killed, 'SIGKILL');
  await until('another bot', async () => (await findBot()) !== killed && findBot(), 10_000);
  await until('the message moving again', async () => progress.faces.length > before + 1, 60_000);
  ada.press(progress, '⏹');
  await ada.reads(progress, /⏹ Обучение остановлено/, 60_000);
  const notice = await ada.sees(/⏹ Обучение остановлено/, { after: progress, timeoutMs: 30_000 });
  expect(notice.photo).toBeDefined();
  const runs = await product.client(routes.training.sessions, { query: {} });
  expect(runs.map(({ status }) => status)).toEqual(['stopped', 'completed']);
  expect(ada.messages.filter(({ text }) => /⏹ Обучение остановлено/.test(text))).toHaveLength(2);
});

it('has called Telegram only as Telegram wants to be called', () => {
  const refused = telegram.refused({ withFloods: false });
  // A bot that was killed does not know what it had shown last.
  const unchanged = refused.filter(({ description }) => description?.includes('message is not modified'));
  expect(unchanged.length).toBeLessThan(2);
  expect(refused).toEqual(unchanged);
});
