import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CircuitBreaker, CircuitOpenError, ManualClock, RetryConfig } from '@hearth/toolkit/reliability';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { breakerOptions, generateGuarded } from './endpoint-guard.ts';
import type { Question } from './generation.ts';

let respond: (response: ServerResponse) => void;
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  respond(response);
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => server.close());

const clock = new ManualClock();
let breaker: CircuitBreaker;
beforeEach(() => {
  breaker = new CircuitBreaker({ ...breakerOptions, clock });
  asked = 0;
});
const retries = new RetryConfig({ maxAttempts: 3, initialDelayMs: 1 });
const question: Question = { kind: 'completion', prompt: 'Once', sampling: { stop: [] } };
const begin = (signal = new AbortController().signal) =>
  generateGuarded(breaker, { baseUrl, model: 'm', apiKey: undefined }, question, signal, retries);
async function textOf(answer = begin()): Promise<string> {
  let text = '';
  for await (const piece of answer) if (piece.kind === 'text') text += piece.text;
  return text;
}
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end();
const hello = (response: ServerResponse) =>
  void response
    .setHeader('content-type', 'text/event-stream')
    .end('data: {"choices":[{"text":"hello","finish_reason":"stop"}]}\n\n');
const inTurn = (...answers: ((response: ServerResponse) => void)[]) => {
  const left = [...answers];
  return (response: ServerResponse) => (left.length > 1 ? left.shift() : left[0])?.(response);
};

it('asks again after what passes', async () => {
  respond = inTurn(status(503), (response) => void response.destroy(), hello);
  expect(await textOf()).toBe('hello');
  expect(asked).toBe(3);
});

it('asks once where asking again would not help, or an answer has begun', async () => {
  respond = status(500);
  await expect(textOf()).rejects.toThrow(/answered 500/);
  respond = (response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.write(': begun\n\n', () => response.destroy());
  };
  await expect(textOf()).rejects.toThrow();
  expect(asked).toBe(2);
});

it('opens after five failures, and one trial that is answered closes it', async () => {
  respond = status(500);
  for (let i = 0; i < 5; i += 1) await expect(textOf()).rejects.toThrow(/answered 500/);
  await expect(textOf()).rejects.toThrow(CircuitOpenError);
  expect(asked).toBe(5);
  await clock.advance(30_000);
  await expect(textOf()).rejects.toThrow(/answered 500/);
  await expect(textOf()).rejects.toThrow(CircuitOpenError);
  await clock.advance(30_000);
  respond = hello;
  expect(await textOf()).toBe('hello');
  expect(breaker.getState()).toBe('closed');
  expect(asked).toBe(7);
});

it('takes neither refusals nor withdrawn questions for failures', async () => {
  const withdrawn = new AbortController();
  const answers = [status(404), status(429), status(400), () => withdrawn.abort()];
  for (const answer of [...answers, ...answers]) {
    respond = answer;
    const signal = answer === answers[3] ? withdrawn.signal : undefined;
    await expect(textOf(begin(signal))).rejects.toThrow();
  }
  expect(breaker.getState()).toBe('closed');
});

it('lets go of the server when nobody reads on', async () => {
  const closed = Promise.withResolvers<void>();
  respond = (response) => {
    response.on('close', () => closed.resolve());
    response.setHeader('content-type', 'text/event-stream');
    response.write('data: {"choices":[{"text":"Once"}]}\n\n');
  };
  const answer = begin();
  expect((await answer.next()).value).toMatchObject({ text: 'Once' });
  await answer.return();
  await closed.promise;
});
