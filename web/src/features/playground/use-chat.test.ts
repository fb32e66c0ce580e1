// @vitest-environment node
/// <reference types="node" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createApp, effectScope, ref } from 'vue';
import { type Api, apiKey, createApi } from '../../api/api.ts';
import { defaultSampling } from './sampling.ts';
import { useChat } from './use-chat.ts';
import { useContinuation } from './use-continuation.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

type Asked = { path: string | undefined; body: Record<string, unknown> };

/** A real server on this machine that answers as told. */
async function serve(
  answer: (response: ServerResponse, request: IncomingMessage) => Promise<unknown> | unknown,
) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    asked.push({ path: request.url, body: JSON.parse(text) as Record<string, unknown> });
    await answer(response, request);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  cleanUps.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  const api = createApi((path, init) => fetch(`http://127.0.0.1:${port}${String(path)}`, init));
  return { api, asked };
}

/** Runs a composable where it can find the api. */
function within<T>(api: Api, use: () => T): T {
  const scope = effectScope();
  cleanUps.push(() => scope.stop());
  const app = createApp({}).provide(apiKey, api);
  return app.runWithContext(() => scope.run(use)) as T;
}

const head = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'model/tiny' };
const chunk = (content: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
const usage = `data: ${JSON.stringify({ ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } })}\n\n`;
const pause = () => new Promise((resume) => setTimeout(resume, 5));

/** Sends text in bites that cut lines and characters. */
async function bites(response: ServerResponse, text: string, size = 7): Promise<void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (at % (size * 10) === 0) await pause();
  }
}
const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const chatWith = (api: Api, sampling = defaultSampling) =>
  within(api, () => useChat(() => 'model/tiny', ref(sampling)));

test('a reply streams in whole, is measured, and the next question carries the conversation', async () => {
  const { api, asked } = await serve(async (response) => {
    stream(response);
    await bites(response, `${chunk('При')}${chunk('вет, 😀')}${chunk('!', 'stop')}${usage}data: [DONE]\n\n`);
    response.end();
  });
  const chat = chatWith(api, { ...defaultSampling, system: 'Be kind.' });
  await chat.send('Hello');
  expect(chat.entries.value.map(({ role, text, state }) => [role, text, state])).toEqual([
    ['user', 'Hello', 'done'],
    ['assistant', 'Привет, 😀!', 'done'],
  ]);
  const timing = chat.entries.value[1]?.timing;
  expect(timing?.tokens).toBe(4);
  expect(timing?.firstTokenMs).toBeGreaterThan(0);
  expect(timing?.tokensPerSecond).toBeGreaterThan(0);

  await chat.send('And?');
  expect(asked[1]).toMatchObject({
    path: '/v1/chat/completions',
    body: { model: 'model/tiny', stream: true, temperature: 0.7, max_tokens: 512 },
  });
  expect(asked[1]?.body.messages).toEqual([
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Привет, 😀!' },
    { role: 'user', content: 'And?' },
  ]);
  expect(chat.takeBack()).toBe('And?');
  expect(chat.entries.value).toHaveLength(2);
});

test('an error in mid-stream is told, and what had arrived stays', async () => {
  const failure = {
    error: { message: 'The engine died.', type: 'server_error', param: null, code: 'inference.failed' },
  };
  const { api } = await serve((response) =>
    stream(response).end(`${chunk('Half an ')}data: ${JSON.stringify(failure)}\n\n`),
  );
  const chat = chatWith(api);
  await chat.send('Hello');
  const [, reply] = chat.entries.value;
  expect(reply).toMatchObject({ text: 'Half an ', state: 'failed' });
  expect(reply?.error).toMatchObject({ code: 'inference.failed', message: 'The engine died.' });
  expect(chat.busy.value).toBe(false);
});

test.each([
  [
    'torn',
    (response: ServerResponse) =>
      response.write(chunk('Half'), () => setTimeout(() => response.destroy(), 20)),
  ],
  ['ended without its end', (response: ServerResponse) => response.end(chunk('Half'))],
])('a stream that is %s counts as broken off, never as done', async (_, finish) => {
  const { api } = await serve((response) => finish(stream(response)));
  const chat = chatWith(api);
  await chat.send('Hello');
  expect(chat.entries.value[1]).toMatchObject({ text: 'Half', state: 'failed' });
  expect(chat.entries.value[1]?.error).toMatchObject({ code: 'playground.cut' });
});

test('a refusal before the stream has its code, and writing anew replaces it', async () => {
  const busy = { error: { message: 'Busy.', type: 'rate_limit', param: null, code: 'inference.busy' } };
  let tries = 0;
  const { api, asked } = await serve((response) => {
    tries += 1;
    if (tries === 1)
      return response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(busy));
    return stream(response).end(`${chunk('Hi', 'length')}data: [DONE]\n\n`);
  });
  const chat = chatWith(api);
  await chat.send('Hello');
  expect(chat.entries.value[1]).toMatchObject({
    text: '',
    state: 'failed',
    error: { code: 'inference.busy', status: 429 },
  });
  await chat.retry();
  expect(chat.entries.value.map(({ text, state }) => [text, state])).toEqual([
    ['Hello', 'done'],
    ['Hi', 'cut-short'],
  ]);
  expect(asked[1]?.body.messages).toEqual([{ role: 'user', content: 'Hello' }]);
});

test('stop hangs up, keeps the text, and the server notices', async () => {
  const hungUp = vi.fn();
  const { api } = await serve((response, request) => {
    request.socket.on('close', hungUp);
    stream(response).write(chunk('Once'));
  });
  const chat = chatWith(api);
  const sent = chat.send('Hello');
  await vi.waitFor(() => expect(chat.entries.value[1]?.text).toBe('Once'));
  chat.stop();
  await sent;
  expect(chat.entries.value[1]).toMatchObject({ text: 'Once', state: 'stopped' });
  await vi.waitFor(() => expect(hungUp).toHaveBeenCalled());
});

test('a server out of reach is a network failure', async () => {
  const api = createApi(() => Promise.reject(new TypeError('fetch failed')));
  const chat = chatWith(api);
  await chat.send('Hello');
  expect(chat.entries.value[1]).toMatchObject({ state: 'failed', error: { code: 'network' } });
});

test('a continuation is marked as the model’s, sent as plain prompt, and can be written anew', async () => {
  const part = (text: string, finish_reason: string | null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, text, finish_reason, logprobs: null }] })}\n\n`;
  const { api, asked } = await serve((response) =>
    stream(response).end(`${part(' a', null)}${part(' cat', 'stop')}data: [DONE]\n\n`),
  );
  const it = within(api, () => useContinuation(() => 'model/tiny', ref(defaultSampling)));
  it.text.value = 'There was';
  await it.proceed();
  expect(it.pieces.value).toEqual([
    { text: 'There was', written: false },
    { text: ' a cat', written: true },
  ]);
  expect(asked[0]).toMatchObject({ path: '/v1/completions', body: { prompt: 'There was', stream: true } });
  await it.retry();
  expect(asked[1]?.body.prompt).toBe('There was');
  expect(it.text.value).toBe('There was a cat');
  it.text.value = 'There was a cat!';
  expect(it.pieces.value.map(({ written }) => written)).toEqual([false, true, false]);
});

test('a text longer than the context is continued from its end, and the person is told', async () => {
  const context = 100;
  const { api, asked } = await serve((response) => {
    const prompt = String(asked[asked.length - 1]?.body.prompt);
    const room = context - prompt.length;
    const error = {
      message: 'Too long.',
      type: 'invalid_request',
      param: null,
      code: 'inference.context_exceeded',
    };
    if (room <= 0) return response.writeHead(400).end(JSON.stringify({ error }));
    const chunks = [
      { choices: [{ text: 'x'.repeat(room), finish_reason: 'length' }] },
      {
        choices: [],
        usage: { prompt_tokens: prompt.length, completion_tokens: room, total_tokens: context },
      },
    ];
    return stream(response).end(
      chunks.map((one) => `data: ${JSON.stringify({ ...head, ...one })}\n\n`).join(''),
    );
  });
  const it = within(api, () => useContinuation(() => 'model/tiny', ref(defaultSampling)));
  it.text.value = 'a'.repeat(30);
  await it.proceed();
  expect([it.text.value.length, it.sentTail.value]).toEqual([100, false]);
  await it.proceed();
  expect([it.text.value.length, it.sentTail.value, it.outcome.value?.state]).toEqual([150, true, 'done']);
  expect(asked.map(({ body }) => String(body.prompt).length)).toEqual([30, 50]);

  const other = within(api, () => useContinuation(() => 'model/tiny', ref(defaultSampling)));
  other.text.value = 'b'.repeat(250);
  await other.proceed();
  expect(asked.slice(2).map(({ body }) => String(body.prompt).length)).toEqual([250, 125, 63]);
  expect(other.text.value).toBe('b'.repeat(250) + 'x'.repeat(37));
});
