import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routes } from '@hearth/contract';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { inference } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const messages = [{ role: 'user' as const, content: 'Hello?' }];

let test: TestApp;
let openai: OpenAI;
beforeAll(async () => {
  test = await startTestApp();
  openai = new OpenAI({ baseURL: `${test.url}/v1`, apiKey: test.adminToken, maxRetries: 0 });
});
afterAll(() => test.close());
afterEach(async () => {
  for (const { id } of await test.client(inference.list, {}))
    await test.client(inference.remove, { params: { id } });
});
const stateOf = async (id: string) => (await test.client(inference.get, { params: { id } })).state;

describe('an attached server', () => {
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => respond(request, response));
  let base_url = '';
  const listing = (_: IncomingMessage, response: ServerResponse) =>
    void response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ data: [{ id: 'qwen3' }] }));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => server.close());
  const attach = (over: object = {}) =>
    test.client(inference.attach, {
      body: { name: 'far', base_url, model: 'qwen3', api_key: 'sk-secret', ...over },
    });

  it('answers through us, with all the habits of other servers', async () => {
    respond = listing;
    const { id } = await attach();
    const { rows } = await test.database.$client.query('select * from deployments where id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain('sk-secret');
    expect(JSON.stringify(await test.client(inference.list, {}))).not.toContain('sk-');
    let sent = '';
    respond = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer sk-secret');
      request.on('data', (part) => {
        sent += part;
      });
      request.on('end', () => {
        response.setHeader('content-type', 'text/event-stream');
        const lines = [
          ': ping\r\n\r\n',
          'data: {"choices":null}\n\n',
          'data: {"choices":[{"delta":{"reasoning_content":"hm","content":null},"finish_reason":null}]}\n\n',
          'event: x\ndata: {"choices":[{"delta":{"content":"Good "},"finish_reason":null}],"usage":null}\n\n',
          'data: {"choices":[{"delta":{"content":"day"},"finish_reason":"eos"}]}\r\n\r\n',
          'data: [DONE]\n\n',
        ];
        for (const line of lines) response.write(line);
        response.end();
      });
    };
    const stream = await openai.chat.completions.create({ model: 'far', messages, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Good day');
    expect(JSON.parse(sent)).toMatchObject({
      model: 'qwen3',
      messages,
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it('that breaks off or vanishes fails the answer, and recovers by answering', async () => {
    respond = listing;
    const { id } = await attach();
    respond = (_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write('data: {"choices":[{"delta":{"content":"Go"}}]}\n\n');
      setTimeout(() => response.destroy(), 20);
    };
    const ask = async () => {
      const stream = await openai.chat.completions.create({ model: 'far', messages, stream: true });
      for await (const _ of stream);
    };
    await expect(ask()).rejects.toMatchObject({ error: { code: 'inference.failed' } });
    expect(await stateOf(id)).toBe('failed');
    const { errors } = await test.client(routes.system.diagnostics, {});
    expect(errors.recent[0]).toMatchObject({ code: 'inference.failed', route: 'POST /v1/chat/completions' });
    respond = (_, response) =>
      void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }], usage }));
    expect(await openai.chat.completions.create({ model: 'far', messages })).toMatchObject({ usage });
    expect(await stateOf(id)).toBe('ready');
    respond = (_, response) =>
      void response.writeHead(400).end('{"error":{"message":"maximum context length is 9"}}');
    await expect(ask()).rejects.toMatchObject({ status: 400, code: 'inference.context_exceeded' });
    respond = (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    await expect(ask()).rejects.toMatchObject({ status: 502, code: 'inference.failed' });
  });

  it('that refuses everything is soon not asked any more, and says when to come again', async () => {
    respond = listing;
    const { id } = await attach();
    let asked = 0;
    respond = (_, response) => {
      asked += 1;
      response.writeHead(500).end('{"error":{"message":"out of memory"}}');
    };
    const ask = () => openai.chat.completions.create({ model: 'far', messages });
    for (let i = 0; i < 5; i += 1) {
      expect(await stateOf(id)).toBe('ready');
      await expect(ask()).rejects.toMatchObject({ status: 502, code: 'inference.failed' });
    }
    expect(await test.client(inference.get, { params: { id } })).toMatchObject({
      state: 'failed',
      error_message: 'The attached server answered 500: out of memory',
    });
    const refused = await ask().catch((error: InstanceType<typeof OpenAI.APIError>) => error);
    expect(refused).toMatchObject({ status: 502, code: 'inference.failed' });
    const seconds = Number('headers' in refused ? refused.headers?.get('retry-after') : undefined);
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(asked).toBe(5);
  });

  it('is refused where nothing fitting answers, or where secrets live', async () => {
    respond = listing;
    const refused = refusal('deployment.endpoint_refused');
    await expect(attach({ model: 'other' })).rejects.toEqual(refused);
    for (const host of [
      '169.254.169.254',
      '[::ffff:169.254.169.254]',
      '0xA9FEA9FE',
      '2852039166',
      '[fe80::1]',
      '0.0.0.0',
    ])
      await expect(attach({ base_url: `http://${host}/v1` }), host).rejects.toEqual(refused);
    respond = (_, response) => void response.end('<html>');
    await expect(attach()).rejects.toEqual(refused);
    respond = (_, response) => void response.writeHead(302, { location: base_url }).end();
    await expect(attach()).rejects.toEqual(refused);
  });
});
