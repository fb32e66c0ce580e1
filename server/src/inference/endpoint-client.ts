import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Sampling } from '@hearth/contract';
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import { guardedLookup, isRefusedAddress, literalIp, RefusedAddress } from './endpoint-address.ts';
import { readEventStream } from './event-stream.ts';
import { asPieces, ForeignFailure } from './foreign-chunk.ts';
import type { Generation, Question } from './generation.ts';

/** It answered, but not with what it was asked for. */
export class EndpointRefusal extends AppError {
  readonly answered: number;
  constructor(answered: number, message: string) {
    super('inference.failed', message);
    this.answered = answered;
  }
}

export interface Endpoint {
  baseUrl: string;
  model: string;
  apiKey: string | undefined;
}
const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
const probeMs = 10_000;
const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Refuses an address where no OpenAI-compatible server with that model answers. */
export async function probeEndpoint(endpoint: Endpoint): Promise<void> {
  const refuse = (reason: string, details = {}) =>
    new AppError('deployment.endpoint_refused', reason, details);
  const answer = await ask(endpoint, 'models', undefined, AbortSignal.timeout(probeMs)).catch(
    (error: Error) => {
      throw refuse(
        error instanceof RefusedAddress
          ? `Models are not served at such an address: ${error.message}`
          : `The server could not be reached: ${error.message}`,
      );
    },
  );
  const body = await readText(answer);
  if (answer.statusCode !== 200)
    throw refuse(`The server answered ${answer.statusCode} when asked for its models.`);
  const listed = Models.safeParse(parse(body));
  if (!listed.success) throw refuse('The server does not list its models as an OpenAI-compatible one does.');
  const offered = listed.data.data.map(({ id }) => id);
  if (!offered.includes(endpoint.model))
    throw refuse(`The server does not offer the model ${endpoint.model}.`, { offered: offered.slice(0, 50) });
}

/** Asks another server, always in a stream; resolves when it begins to answer. */
export async function askModel(
  endpoint: Endpoint,
  question: Question,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isChat = question.kind === 'chat';
  const body = {
    model: endpoint.model,
    ...(isChat ? { messages: question.messages } : { prompt: question.prompt }),
    ...samplingOf(question.sampling),
    stream: true,
    stream_options: { include_usage: true },
    // Qwen3 thinks aloud unless told not to.
    ...(isChat && /qwen3/i.test(endpoint.model) ? { chat_template_kwargs: { enable_thinking: false } } : {}),
  };
  const answer = await ask(endpoint, isChat ? 'chat/completions' : 'completions', body, signal);
  if (answer.statusCode !== 200) throw refusalOf(answer.statusCode ?? 0, await readText(answer));
  return answer;
}

/** Its answer, as our pieces. */
export async function* piecesOf(answer: IncomingMessage): Generation {
  const isStream = (answer.headers['content-type'] ?? '').includes('text/event-stream');
  yield* asPieces(isStream ? readEventStream(answer) : whole(answer));
}

async function* whole(answer: IncomingMessage): AsyncGenerator<string> {
  yield await readText(answer);
}

function samplingOf({ maxTokens, temperature, topP, seed, stop }: Sampling) {
  const given = { max_tokens: maxTokens, temperature, top_p: topP, seed };
  const known = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return { ...Object.fromEntries(known), ...(stop.length > 0 ? { stop } : {}) };
}

/** Redirects are not followed: where they lead was never agreed to. */
function ask(
  { baseUrl, apiKey }: Endpoint,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/${path}`);
  const ip = literalIp(url);
  if (ip && isRefusedAddress(ip)) return Promise.reject(new RefusedAddress(ip));
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    accept: 'text/event-stream, application/json',
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
  };
  const isSecure = url.protocol === 'https:';
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { method: text === undefined ? 'GET' : 'POST', headers, signal, lookup: guardedLookup };
  const request = isSecure
    ? https.request(url, { ...options, agent: agents.https }, resolve)
    : http.request(url, { ...options, agent: agents.http }, resolve);
  request.on('error', reject);
  request.end(text);
  return promise;
}

async function readText(answer: IncomingMessage, mostBytes = 8_000_000): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new ForeignFailure('The attached server answered too much.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

const ErrorAnswer = z.object({ error: z.union([z.object({ message: z.string() }), z.string()]) });

function refusalOf(status: number, body: string): AppError {
  const told = ErrorAnswer.safeParse(parse(body)).data?.error;
  const message = (typeof told === 'string' ? told : told?.message)?.slice(0, 500);
  if (status === 429) return new AppError('inference.busy', message ?? 'The attached server is busy.', {}, 1);
  if (status === 400 && message && /context|too long|maximum.*tokens/i.test(message))
    return new AppError('inference.context_exceeded', message);
  return new EndpointRefusal(
    status,
    `The attached server answered ${status}${message ? `: ${message}` : '.'}`,
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
