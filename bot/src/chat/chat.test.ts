import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TestApp } from '../../../server/src/testing/test-app.ts';
import type { RunningBot } from '../bot.ts';
import { ScriptedModel, startHearth } from '../testing/hearth.ts';
import { adminId, newHome, startTestBot } from '../testing/running-bot.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram } from '../testing/telegram/telegram.ts';

/** Talking to a model through the real gateway: what is shown, what is remembered, what happens when it fails. */
const EDIT_INTERVAL_MS = 120;
let hearth: TestApp;
let telegram: Telegram;
let bot: RunningBot;
let restart: () => Promise<void>;
let people = 0;
const model = new ScriptedModel();
beforeAll(async () => {
  const started = await startHearth();
  hearth = started.hearth;
  await model.attach(hearth, 'talker');
  telegram = await Telegram.start({ burst: 20, everyMs: 50 });
  const settings = { telegram, apiUrl: hearth.url, apiKey: started.key, home: newHome() };
  const start = () => startTestBot({ ...settings, tuning: { editIntervalMs: EDIT_INTERVAL_MS } });
  bot = await start();
  restart = async () => {
    await bot.stop();
    bot = await start();
  };
});
afterEach(() => expect(telegram.refused()).toEqual([]));
afterAll(async () => {
  await bot?.stop();
  model.close();
  await telegram?.close();
  await hearth?.close();
});

/** Each test talks in a chat of its own. */
function newPerson(): Person {
  people += 1;
  return telegram.person(5000 + people);
}

it('shows the answer while it grows, by edits that keep the pace', async () => {
  const ada = newPerson();
  model.say(
    Array.from({ length: 30 }, (_, index) => `слово${index} `),
    { pieceMs: 30 },
  );
  const answer = await ada.ask('Расскажи', /слово3/);
  await ada.reads(answer, /слово29$/);
  const shown = answer.faces.map(({ text }) => text);
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.at(-1)).toMatch(/^слово0 слово1 .*слово29$/);
  expect(shown.slice(1, -1).every((text) => text.endsWith('▌'))).toBe(true);
  const times = answer.faces.map(({ at }) => at);
  for (const [index, at] of times.slice(1).entries())
    expect(at - times[index]!).toBeGreaterThanOrEqual(EDIT_INTERVAL_MS - 1);
  expect(ada.messages).toHaveLength(1);
});

it('remembers what was said until /new, each chat its own, and after a restart', async () => {
  const [ada, bob] = [newPerson(), newPerson()];
  model.say(['Приятно познакомиться']);
  await ada.ask('Меня зовут Ада', /познакомиться$/);
  await bob.ask('Меня зовут Боб', /познакомиться$/);
  await restart();
  model.say(['Ада']);
  await ada.ask('Как меня зовут?', /^Ада$/);
  expect(model.asked.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    'user: Меня зовут Ада',
    'assistant: Приятно познакомиться',
    'user: Как меня зовут?',
  ]);
  await ada.ask('/new', /новый разговор/);
  model.say(['Не знаю']);
  await ada.ask('А теперь?', /Не знаю$/);
  expect(model.asked.map(({ content }) => content)).toEqual(['А теперь?']);
});

it('spreads a long answer over several messages and loses nothing of it', async () => {
  const ada = newPerson();
  const paragraph = `${'Длинный текст об одном и том же. '.repeat(20).trim()}\n\n`;
  const pieces = Array.from({ length: 16 }, (_, index) => `${index + 1}) ${paragraph}`);
  model.say([...pieces, 'Конец.'], { pieceMs: 15 });
  await ada.ask('Подробнее', /Конец\.$/);
  expect(ada.messages.length).toBeGreaterThan(2);
  const squeezed = (text: string) => text.replace(/\s+/g, '');
  expect(squeezed(ada.messages.map(({ text }) => text).join(''))).toBe(squeezed(`${pieces.join('')}Конец.`));
});

it('answers one question at a time, and lets go of one on /new', async () => {
  const ada = newPerson();
  model.say(
    Array.from({ length: 200 }, () => 'и так далее '),
    { pieceMs: 30 },
  );
  const answer = await ada.ask('Начинай', /и так далее/);
  await ada.ask('Ещё вопрос', /^Подождите, я ещё отвечаю/);
  await ada.ask('/new', /новый разговор/);
  const text = answer.text;
  expect(text).not.toContain('▌');
  model.say(['Слушаю']);
  await ada.ask('Привет', /Слушаю$/);
  expect(model.asked.map(({ content }) => content)).toEqual(['Привет']);
  expect(answer.text).toBe(text);
});

it('says so when the model says nothing', async () => {
  const ada = newPerson();
  model.say([]);
  await ada.ask('Ну?', /^Модель ничего не ответила\.$/);
});

it('lets a person choose among the models that are deployed', async () => {
  const second = new ScriptedModel();
  await second.attach(hearth, 'second');
  const ada = telegram.person(adminId);
  const list = await ada.ask('/model', /С какой моделью/);
  ada.press(list, 'second');
  await ada.reads(list, /Теперь отвечает second/);
  second.say(['Я второй']);
  await ada.ask('Кто ты?', /Я второй$/);
  await ada.ask('💬 Чат с AI', /вам ответит second/);
  second.close();
});

it('keeps what came of an answer that broke off, and says that it did', async () => {
  const ada = newPerson();
  model.say(['Половина', ' ответа'], { pieceMs: 20, isBroken: true });
  await ada.ask('Ну?', /^Модель не смогла ответить/);
  expect(ada.messages[0]!.text).toBe('Половина ответа');
});
