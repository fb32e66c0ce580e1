import { setTimeout as sleep } from 'node:timers/promises';
import { Api, InlineKeyboard } from 'grammy';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Refused } from '../testing/telegram/answers.ts';
import type { Person } from '../testing/telegram/person.ts';
import { Telegram, testToken } from '../testing/telegram/telegram.ts';
import { ChatPace } from './chat-pace.ts';
import { waitOutFloods } from './flood-waits.ts';
import { type Desk, Post } from './post.ts';

const INTERVAL_MS = 60;
const log = pino({ level: 'silent' });
let telegram: Telegram;
let ada: Person;
let desk: Desk;
let stopping: AbortController;
beforeEach(async () => {
  telegram = await Telegram.start({ burst: 100, everyMs: 1 });
  ada = telegram.person(1001);
  ada.write('/start');
  stopping = new AbortController();
  const api = new Api(testToken, { apiRoot: telegram.url });
  const pace = new ChatPace(INTERVAL_MS);
  api.config.use(waitOutFloods(pace, stopping.signal, log));
  desk = { api, edits: new Api(testToken, { apiRoot: telegram.url }), pace, stopping: stopping.signal, log };
});
afterEach(() => telegram.close());

async function newPost(text = 'начало'): Promise<Post> {
  const { message_id: messageId } = await desk.api.sendMessage(1001, text);
  return new Post({ chatId: 1001, messageId }, desk);
}
const edits = () => telegram.calls.filter(({ method }) => method === 'editMessageText');
const text = (post: Post) => telegram.chats.find(1001, post.place.messageId)?.text;

it('shows the last of many faces, with the interval between edits, and leaves out what was overtaken', async () => {
  const post = await newPost();
  const startedAt = performance.now();
  for (let done = 1; done <= 100; done++) {
    post.show({ text: `${done} %` });
    await sleep(3);
  }
  await post.settled();
  expect(text(post)).toBe('100 %');
  const times = edits().map(({ at }) => at);
  // On a busy machine all of it takes longer, and more edits find their turn.
  expect(times.length).toBeLessThan((performance.now() - startedAt) / INTERVAL_MS + 2);
  expect(times.length).toBeLessThan(90);
  for (const [index, at] of times.slice(1).entries())
    expect(at - times[index]!).toBeGreaterThanOrEqual(INTERVAL_MS - 1);
});

it('shares the pace of a chat among its posts', async () => {
  const posts = [await newPost(), await newPost(), await newPost()];
  for (const post of posts) post.show({ text: 'новое' });
  await Promise.all(posts.map((post) => post.settled()));
  const times = edits().map(({ at }) => at);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(INTERVAL_MS * 1.9);
  expect(posts.map(text)).toEqual(['новое', 'новое', 'новое']);
});

it('does not edit what reads so already, and takes "not modified" for done', async () => {
  const post = await newPost('то же');
  post.show({ text: 'то же' });
  await post.settled();
  expect(telegram.refused().map(({ description }) => description)).toEqual([
    expect.stringContaining('message is not modified'),
  ]);
  post.show({ text: 'то же' });
  await post.settled();
  expect(edits()).toHaveLength(1);
  post.show({ text: 'то же', keyboard: new InlineKeyboard().text('⏹', 'x') });
  await post.settled();
  expect(telegram.chats.find(1001, post.place.messageId)?.keyboard).toHaveLength(1);
});

it('rests as long as Telegram asks after 429, then shows the newest', async () => {
  const post = await newPost();
  telegram.flood.hold(1001, 1);
  const startedAt = performance.now();
  post.show({ text: 'первое' });
  await sleep(200);
  post.show({ text: 'второе' });
  await post.settled();
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  expect(text(post)).toBe('второе');
  expect(edits().map(({ status }) => status)).toEqual([429, 200]);
});

it('sends a message again after the rest Telegram asks for', async () => {
  telegram.refuse('sendMessage', new Refused(429, 'Too Many Requests: retry after 1', 1));
  const startedAt = performance.now();
  await desk.api.sendMessage(1001, 'дошло');
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  expect(ada.messages.map((message) => message.text)).toEqual(['дошло']);
});

it('does not wait where the rest is longer than anybody waits', async () => {
  telegram.refuse('sendMessage', new Refused(429, 'Too Many Requests: retry after 3600', 3600));
  await expect(desk.api.sendMessage(1001, 'x')).rejects.toThrow(/retry after 3600/);
});

it('tries again when Telegram is out of reach', async () => {
  const post = await newPost();
  telegram.refuse('editMessageText', 'hang-up');
  post.show({ text: 'потом' });
  await post.settled();
  expect(text(post)).toBe('потом');
});

it('lets go of a message that somebody deleted', async () => {
  const post = await newPost();
  telegram.chats.delete(telegram.chats.find(1001, post.place.messageId)!);
  post.show({ text: 'зря' });
  await post.settled();
  expect(edits()).toHaveLength(1);
});

it('edits nothing any more once the bot stops', async () => {
  const post = await newPost();
  desk.pace.hold(1001, 60);
  post.show({ text: 'поздно' });
  stopping.abort();
  await post.settled();
  expect(edits()).toEqual([]);
});
