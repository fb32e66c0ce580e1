import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Update } from 'grammy/types';
import { z } from 'zod';

const LIMIT_BYTES = 1_000_000;
const HEADER = 'x-telegram-bot-api-secret-token';
/** Of an update only this is ours to check; the rest is Telegram's own form, which grammY takes as it is. */
const AnyUpdate = z.looseObject({ update_id: z.number().int() });

export interface WebhookOptions {
  host: string;
  port: number;
  /** The path Telegram calls, as in the address it was told. */
  path: string;
  secret: string;
  /** Takes an update up; Telegram's call is answered when it returns. */
  onUpdate: (update: Update) => void;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Refusal(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function take(request: IncomingMessage, { path, secret, onUpdate }: WebhookOptions): Promise<void> {
  if (new URL(request.url ?? '/', 'http://bot').pathname !== path) throw new Refusal(404);
  if (request.method !== 'POST') throw new Refusal(405);
  const given = request.headers[HEADER];
  if (typeof given !== 'string' || !timingSafeEqual(digest(given), digest(secret))) throw new Refusal(401);
  const parsed = AnyUpdate.safeParse(parseJson(await readBody(request)));
  if (!parsed.success) throw new Refusal(400);
  onUpdate(parsed.data as Update);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400);
  }
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end('{}');
}

/** Listens for Telegram's calls: each must carry the secret it was told when the webhook was set. */
export async function listenForUpdates(options: WebhookOptions): Promise<Server> {
  const server = createServer((request, response) => {
    take(request, options).then(
      () => answer(response, 200),
      (error: unknown) => answer(response, error instanceof Refusal ? error.status : 500),
    );
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}
