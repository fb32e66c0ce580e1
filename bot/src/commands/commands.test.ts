import { routes } from '@hearth/contract';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TestApp } from '../../../server/src/testing/test-app.ts';
import type { RunningBot } from '../bot.ts';
import { startHearth } from '../testing/hearth.ts';
import { adminId, startTestBot } from '../testing/running-bot.ts';
import type { SentMessage } from '../testing/telegram/chats.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram } from '../testing/telegram/telegram.ts';
import { adminOnly } from './access.ts';

/** What the bot answers, with the real server behind it. No machine is there, so runs wait in the queue. */
let hearth: TestApp;
let telegram: Telegram;
let bot: RunningBot;
let admin: Person;
let stranger: Person;
beforeAll(async () => {
  const started = await startHearth();
  hearth = started.hearth;
  telegram = await Telegram.start({ burst: 20, everyMs: 50 });
  bot = await startTestBot({ telegram, apiUrl: hearth.url, apiKey: started.key });
  admin = telegram.person(adminId, 'Ada');
  stranger = telegram.person(2002, 'Eve');
});
afterEach(async () => {
  for (const { session_id } of await hearth.client(routes.training.queue, {}))
    await hearth.client(routes.training.unqueue, { params: { session_id } });
  expect(telegram.refused()).toEqual([]);
});
afterAll(async () => {
  await bot?.stop();
  await telegram?.close();
  await hearth?.close();
});

const labels = ({ keyboard }: SentMessage) => keyboard.flat().map(({ text }) => text);
const lastKeyboard = () =>
  telegram.calls.findLast(({ given }) => JSON.stringify(given).includes('"keyboard"'))!.given;

it('greets an administrator with four buttons, and others with one', async () => {
  await admin.ask('/start', /Выберите, что сделать/);
  expect(JSON.stringify(lastKeyboard())).toMatch(
    /💬 Чат с AI.*🎓 Обучить модель.*📊 Статус модели.*📁 Список датасетов/,
  );
  await stranger.ask('/start', /Напишите сообщение/);
  expect(JSON.stringify(lastKeyboard())).not.toContain('🎓');
  expect((await admin.ask('/help', /\/new/)).text).toContain('/train');
  expect((await stranger.ask('/help', /\/new/)).text).not.toContain('/train');
});

it.each([
  '🎓 Обучить модель',
  '📊 Статус модели',
  '📁 Список датасетов',
  '/train',
  '/status',
  '/stop',
  '/logs',
  '/datasets',
  '/resume',
])('keeps %s from others', async (what) => {
  expect((await stranger.ask(what, /./)).text).toBe(adminOnly);
  expect((await hearth.client(routes.training.queue, {})).length).toBe(0);
});

it("keeps an administrator's buttons from others, should they get hold of one", async () => {
  const message = await admin.ask('🎓 Обучить модель', /На каком датасете/);
  const { query } = stranger.press(message, 'iris');
  await expect
    .poll(() => telegram.calls.find(({ given }) => given.callback_query_id === query)?.given)
    .toMatchObject({ text: adminOnly, show_alert: true });
  admin.press(message, '❌');
  await admin.sees(/отменено/);
});

/** Goes through the dialogue up to the question how many epochs. */
async function askedForEpochs(dataset: string, plan?: string): Promise<SentMessage> {
  const question = await admin.ask('🎓 Обучить модель', /На каком датасете/);
  admin.press(question, dataset);
  if (plan) admin.press(await admin.reads(question, /Какую модель учить/), plan);
  return admin.reads(question, /Сколько эпох/);
}

/** … and up to the last question. */
async function askedToConfirm(dataset: string, plan: string, epochs: string): Promise<SentMessage> {
  const question = await askedForEpochs(dataset, plan);
  admin.press(question, epochs);
  return admin.reads(question, /Начать обучение\?/);
}

it('asks for data set, model and epochs, starts the run, follows it, and stops it', async () => {
  const confirm = await askedToConfirm('iris', 'mlp', '20');
  expect(confirm.text).toMatch(/mlp[\s\S]*iris[\s\S]*Эпох: 20/);
  admin.press(confirm, '✅');
  const progress = await admin.reads(confirm, /В очереди, место 1/);
  const [run] = await hearth.client(routes.training.queue, {});
  expect(run).toMatchObject({ config: { model_architecture: 'mlp', dataset_name: 'iris', epochs: 20 } });

  admin.press(progress, '📜');
  await admin.sees(/журнале пока пусто|последние строки/);
  admin.press(progress, '⏹');
  await admin.sees(/⏹ Остановлено: mlp на iris/);
  const notice = await admin.sees(/Обучение остановлено/, { after: progress });
  expect(labels(notice)).toContain('📜 Логи');
  await expect
    .poll(() => admin.messages.find((one) => one === progress)?.text)
    .toMatch(/Обучение остановлено/);
  expect(labels(progress)).toEqual([]);
  expect(await hearth.client(routes.training.queue, {})).toEqual([]);
});

it('asks again for the epochs until they make sense', async () => {
  await askedForEpochs('iris', 'logistic');
  for (const nonsense of ['0', '201', '-5', '2.5', 'много', '1e2', '9'.repeat(40)])
    expect((await admin.ask(nonsense, /./)).text).toMatch(/^Не понял\. Нужно целое число от 1 до 200/);
  expect((await admin.ask('200', /Начать обучение/)).text).toContain('Эпох: 200');
  expect((await admin.ask('/cancel', /./)).text).toBe('Обучение отменено.');
  expect((await admin.ask('/cancel', /./)).text).toBe('Отменять нечего.');
});

it('starts one run however often the button is pressed', async () => {
  const confirm = await askedToConfirm('iris', 'mlp', '5');
  const twin = { ...confirm, keyboard: confirm.keyboard };
  admin.press(twin, '✅');
  admin.press(twin, '✅');
  await admin.reads(confirm, /В очереди/);
  await expect.poll(() => telegram.updates.pending).toBe(0);
  expect(await hearth.client(routes.training.queue, {})).toHaveLength(1);
});

it('says that buttons of an earlier dialogue no longer count', async () => {
  const first = await admin.ask('🎓 Обучить модель', /На каком датасете/);
  const second = await admin.ask('/train', /На каком датасете/);
  const { query } = admin.press(first, 'iris');
  await expect
    .poll(() => telegram.calls.find(({ given }) => given.callback_query_id === query)?.given.text)
    .toMatch(/больше не действуют/);
  expect(first.text).toMatch(/На каком датасете/);
  admin.press(second, '❌');
});

it('says why a run could not be started', async () => {
  const confirm = await askedToConfirm('iris', 'mlp', '5');
  await hearth.client(routes.registry.deleteDataset, { params: { name: 'iris' } });
  admin.press(confirm, '✅');
  await admin.sees(/^Обучение не начато\. Не найдено: такого датасета нет\.$/);
  await hearth.client(routes.registry.addBundledDataset, { params: { name: 'iris' } });
});

it('shows the machine, the runs, the queue and what can be talked to', async () => {
  const body = {
    model_architecture: 'mlp',
    dataset_name: 'iris',
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 3,
  };
  for (let count = 0; count < 2; count++) await hearth.client(routes.training.start, { body });
  const { text } = await admin.ask('📊 Статус модели', /Статус/);
  expect(text).toMatch(/Процессор: [\d,]+ %/);
  expect(text).toMatch(/Память: [\d,]+ ГБ из [\d,]+ ГБ/);
  expect(text).toMatch(/Обучается: ничего[\s\S]*В очереди: 2\n1\. mlp на iris\n2\. mlp на iris/);
  expect(text).toMatch(/Моделей: 0[\s\S]*Развёрнуто для чата: ничего/);
});

it('lists the data sets with what is known of them', async () => {
  const { text } = await admin.ask('📁 Список датасетов', /Датасеты \(2\)/);
  expect(text).toMatch(/• iris: csv, [\d,]+ МБ, записей: 150, столбцов: 5/);
  expect(text).toMatch(/• alice: text, [\d,]+ МБ, знаков: [\d\s]+/);
});

it('stops a run that is chosen from a list', async () => {
  expect((await admin.ask('/stop', /./)).text).toBe('Сейчас ничего не обучается.');
  const confirm = await askedToConfirm('iris', 'mlp', '5');
  admin.press(confirm, '✅');
  await admin.reads(confirm, /В очереди/);
  const list = await admin.ask('/stop', /Что остановить/);
  admin.press(list, '⏹ Остановить mlp на iris');
  await admin.sees(/^⏹ Остановлено: mlp на iris$/, { after: list });
});

it('has a sentence for pictures, and for commands it does not know', async () => {
  expect((await admin.ask('/dance', /./)).text).toBe('Не знаю такой команды. Что я умею: /help');
  expect((await stranger.ask('💬 Чат с AI', /./)).text).toMatch(/ни одна модель не развёрнута/);
  expect((await stranger.ask('Привет', /./)).text).toMatch(/ни одна модель не развёрнута/);
});
