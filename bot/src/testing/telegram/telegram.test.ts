import { afterAll, beforeAll, expect, it } from 'vitest';
import { toPng } from '../../chart/picture.ts';
import type { Person } from './person.ts';
import { readPng } from './png.ts';
import { Telegram, testToken } from './telegram.ts';

/** The stand-in refuses what Telegram refuses: a test that passes with it says something. */
let telegram: Telegram;
let ada: Person;
let messageId: number;
let picture: Uint8Array<ArrayBuffer>;

interface Answer {
  ok: boolean;
  error_code?: number;
  description?: string;
  result?: { message_id: number };
  parameters?: { retry_after: number };
}

async function post(
  method: string,
  body: RequestInit['body'],
  type?: string,
  token = testToken,
): Promise<Answer> {
  const headers = type ? { 'content-type': type } : undefined;
  const answer = await fetch(`${telegram.url}/bot${token}/${method}`, { method: 'POST', headers, body });
  return (await answer.json()) as Answer;
}
const call = (method: string, given: object) => post(method, JSON.stringify(given), 'application/json');

beforeAll(async () => {
  telegram = await Telegram.start({ burst: 1000, everyMs: 1 });
  ada = telegram.person(1001);
  ada.write('/start');
  messageId = (await call('sendMessage', { chat_id: 1001, text: 'привет' })).result!.message_id;
  picture = new Uint8Array(
    await toPng('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', 20),
  );
});
afterAll(() => telegram.close());

const keyboard = (button: object) => ({ inline_keyboard: [[button]] });

it.each<[string, string, object, RegExp]>([
  ['an unknown method', 'sendMesage', { chat_id: 1001, text: 'x' }, /Not Found/],
  ['no text', 'sendMessage', { chat_id: 1001 }, /text/],
  ['no chat', 'sendMessage', { text: 'x' }, /chat_id/],
  ['a chat of the wrong type', 'sendMessage', { chat_id: 'ada', text: 'x' }, /chat_id/],
  ['a field it does not know', 'sendMessage', { chat_id: 1001, text: 'x', parsemode: 'HTML' }, /parsemode/],
  ['an empty text', 'sendMessage', { chat_id: 1001, text: '  ' }, /message text is empty/],
  ['4097 characters', 'sendMessage', { chat_id: 1001, text: 'я'.repeat(4097) }, /message is too long/],
  ['a chat nobody opened', 'sendMessage', { chat_id: 7, text: 'x' }, /chat not found/],
  ['an unknown parse mode', 'sendMessage', { chat_id: 1001, text: 'x', parse_mode: 'BBCode' }, /parse_mode/],
  ['a stray <', 'sendMessage', { chat_id: 1001, text: '1 < 2', parse_mode: 'HTML' }, /can't parse entities/],
  [
    'a tag it does not know',
    'sendMessage',
    { chat_id: 1001, text: '<p>x</p>', parse_mode: 'HTML' },
    /Unsupported start tag/,
  ],
  [
    'a tag left open',
    'sendMessage',
    { chat_id: 1001, text: '<b>x', parse_mode: 'HTML' },
    /Can't find end tag/,
  ],
  [
    'tags crossed',
    'sendMessage',
    { chat_id: 1001, text: '<b><i>x</b></i>', parse_mode: 'HTML' },
    /Unmatched end tag/,
  ],
  [
    'an entity it does not know',
    'sendMessage',
    { chat_id: 1001, text: '&nbsp;', parse_mode: 'HTML' },
    /Unsupported entity/,
  ],
  [
    '65 bytes in a button',
    'sendMessage',
    { chat_id: 1001, text: 'x', reply_markup: keyboard({ text: 'b', callback_data: `${'я'.repeat(32)}x` }) },
    /BUTTON_DATA_INVALID/,
  ],
  [
    'a button without action',
    'sendMessage',
    { chat_id: 1001, text: 'x', reply_markup: keyboard({ text: 'b' }) },
    /reply_markup/,
  ],
  [
    'a button without label',
    'sendMessage',
    { chat_id: 1001, text: 'x', reply_markup: keyboard({ text: '', callback_data: 'x' }) },
    /reply_markup/,
  ],
  [
    'an edit of no message',
    'editMessageText',
    { chat_id: 1001, message_id: 999_999, text: 'x' },
    /message to edit not found/,
  ],
  [
    'an edit to 4097 characters',
    'editMessageText',
    { chat_id: 1001, message_id: 101, text: 'x'.repeat(4097) },
    /edit|LONG/,
  ],
  ['a picture that is text', 'sendPhoto', { chat_id: 1001, photo: 'x' }, /photo/],
  ['an unknown action', 'sendChatAction', { chat_id: 1001, action: 'thinking' }, /action/],
  ['an answer to no press', 'answerCallbackQuery', { callback_query_id: '5' }, /query is too old/],
  [
    '201 characters in an alert',
    'answerCallbackQuery',
    { callback_query_id: '5', text: 'x'.repeat(201) },
    /text/,
  ],
  [
    'a command in capitals',
    'setMyCommands',
    { commands: [{ command: 'Train', description: 'x' }] },
    /command/,
  ],
  ['a secret with spaces', 'setWebhook', { url: 'https://x.example/', secret_token: 'a b' }, /secret_token/],
])('refuses %s', async (_, method, given, why) => {
  const answer = await call(method, given);
  expect(answer.ok).toBe(false);
  expect(answer.error_code).toBe(method === 'sendMesage' ? 404 : 400);
  expect(answer.description).toMatch(why);
});

it('counts characters after the marks are taken out, as Telegram does', async () => {
  const text = `<b>${'я'.repeat(4096)}</b>`;
  expect((await call('sendMessage', { chat_id: 1001, text, parse_mode: 'HTML' })).ok).toBe(true);
});

it('says that an edit changes nothing', async () => {
  const given = { chat_id: 1001, message_id: messageId, text: 'привет' };
  expect((await call('editMessageText', given)).description).toMatch(/message is not modified/);
  expect((await call('editMessageText', { ...given, text: 'пока' })).ok).toBe(true);
});

it('takes one answer to a press', async () => {
  const reply_markup = keyboard({ text: 'b', callback_data: 'x' });
  await call('sendMessage', { chat_id: 1001, text: 'кнопка', reply_markup });
  const { query } = ada.press(await ada.sees(/кнопка/), 'b');
  expect((await call('answerCallbackQuery', { callback_query_id: query })).ok).toBe(true);
  expect((await call('answerCallbackQuery', { callback_query_id: query })).description).toMatch(/too old/);
});

it('does not know another token', async () => {
  expect(await post('getMe', '{}', 'application/json', '1:wrong')).toMatchObject({ error_code: 401 });
});

it('refuses what a blocked bot sends', async () => {
  const eve = telegram.person(1666);
  eve.write('/start');
  telegram.chats.block(1666);
  expect(await call('sendMessage', { chat_id: 1666, text: 'x' })).toMatchObject({ error_code: 403 });
});

function photo(bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const form = new FormData();
  form.append('chat_id', '1001');
  form.append('photo', new Blob([bytes]), 'a.png');
  return post('sendPhoto', form);
}

it('takes a real PNG, and none that is cut, damaged or hollow', async () => {
  expect((await photo(picture)).ok).toBe(true);
  const damaged = picture.slice();
  damaged[40]! ^= 255;
  for (const bytes of [
    picture.slice(0, -20),
    damaged,
    new Uint8Array(200),
    new TextEncoder().encode('<svg/>'),
  ])
    expect((await photo(bytes)).description).toMatch(/IMAGE_PROCESS_FAILED/);
  expect(readPng(Buffer.from(picture))).toMatchObject({ width: 20, height: 10 });
});

it('asks for a rest after a flood, and says how long', async () => {
  const strict = await Telegram.start({ burst: 2, everyMs: 10_000 });
  strict.person(1).write('/start');
  const send = async () => {
    const body = JSON.stringify({ chat_id: 1, text: 'x' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${strict.url}/bot${testToken}/sendMessage`, {
      method: 'POST',
      headers,
      body,
    });
    return { status: answer.status, ...((await answer.json()) as Answer) };
  };
  expect((await send()).ok).toBe(true);
  expect((await send()).ok).toBe(true);
  expect(await send()).toMatchObject({ status: 429, error_code: 429, parameters: { retry_after: 10 } });
  await strict.close();
});

it('sends updates until they are confirmed, and ends an earlier poll when a second begins', async () => {
  const one = await Telegram.start();
  const ask = async (given: object) => {
    const body = JSON.stringify(given);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${one.url}/bot${testToken}/getUpdates`, { method: 'POST', headers, body });
    return (await answer.json()) as { ok: boolean; error_code?: number; result: { update_id: number }[] };
  };
  const { update_id } = one.person(1).write('раз');
  expect((await ask({ timeout: 0 })).result).toHaveLength(1);
  expect((await ask({ timeout: 0 })).result).toHaveLength(1);
  expect((await ask({ timeout: 0, offset: update_id + 1 })).result).toHaveLength(0);
  const waiting = ask({ timeout: 20, offset: update_id + 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = ask({ timeout: 20, offset: update_id + 1 });
  expect(await waiting).toMatchObject({ ok: false, error_code: 409 });
  one.person(1).write('два');
  expect((await second).result).toHaveLength(1);
  await one.close();
});
