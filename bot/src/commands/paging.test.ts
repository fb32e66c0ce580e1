import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uploadDataset } from '../../../server/src/testing/story.ts';
import type { TestApp } from '../../../server/src/testing/test-app.ts';
import type { RunningBot } from '../bot.ts';
import { startHearth } from '../testing/hearth.ts';
import { adminId, startTestBot } from '../testing/running-bot.ts';
import type { SentMessage } from '../testing/telegram/chats.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram } from '../testing/telegram/telegram.ts';

/** Menus of more than fits into one message, with the real server behind them. */
let hearth: TestApp;
let telegram: Telegram;
let bot: RunningBot;
let admin: Person;
beforeAll(async () => {
  const started = await startHearth();
  hearth = started.hearth;
  for (let week = 10; week < 32; week += 1) await uploadDataset(hearth, `week-${week}`);
  telegram = await Telegram.start({ burst: 50, everyMs: 20 });
  bot = await startTestBot({ telegram, apiUrl: hearth.url, apiKey: started.key });
  admin = telegram.person(adminId, 'Ada');
}, 30_000);
afterAll(async () => {
  expect(telegram.refused()).toEqual([]);
  await bot?.stop();
  await telegram?.close();
  await hearth?.close();
});

const labels = ({ keyboard }: SentMessage) => keyboard.flat().map(({ text }) => text);
const shows = (message: SentMessage, what: string[]) =>
  expect.poll(() => labels(admin.messages.find((one) => one === message)!)).toEqual(what);

it('reaches every run, eight at a time', async () => {
  for (let epochs = 1; epochs <= 10; epochs += 1)
    await hearth.client(routes.training.start, {
      body: {
        model_architecture: epochs === 1 ? 'logistic' : 'mlp',
        dataset_name: 'iris',
        learning_rate: 0.01,
        batch_size: 8,
        epochs,
      },
    });
  const list = await admin.ask('/stop', /Что остановить/);
  const row = '⏹ Остановить mlp на iris';
  expect(labels(list)).toEqual([...Array.from({ length: 8 }, () => row), '▶️']);
  admin.press(list, '▶️');
  await shows(list, [row, '⏹ Остановить logistic на iris', '◀️']);
  admin.press(list, '⏹ Остановить logistic');
  await admin.sees(/^⏹ Остановлено: logistic на iris$/, { after: list });
});

it('finds a data set by a part of its name', async () => {
  const question = await admin.ask('/train', /На каком датасете[\s\S]*часть имени/);
  expect(labels(question)).toHaveLength(10);
  const found = await admin.ask('Week-2', /По запросу «Week-2»: 10\./);
  expect(labels(found)).toContain('week-29');
  admin.press(found, '▶️');
  await admin.reads(found, /По запросу/);
  await shows(found, ['week-21', 'week-20', '◀️', '❌ Отмена']);
  expect(labels(await admin.ask('<nothing>', /По запросу «<nothing>»: ничего не нашлось\./))).toEqual([
    '❌ Отмена',
  ]);
  admin.press(found, 'week-20');
  await admin.reads(found, /Какую модель учить/);
  await admin.ask('/cancel', /отменено/);
});

it('lists data sets twenty at a time', async () => {
  const list = await admin.ask('/datasets', /Датасеты \(24\)/);
  expect(list.text.split('\n')).toHaveLength(21);
  admin.press(list, '▶️');
  await admin.reads(list, /• iris/);
  expect(labels(list)).toEqual(['◀️']);
});
