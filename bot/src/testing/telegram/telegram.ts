import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refused, writingMethods } from './answers.ts';
import { Chats } from './chats.ts';
import { FloodGuard, type FloodLimits } from './flood-guard.ts';
import { forms, type Method } from './forms.ts';
import { Person } from './person.ts';
import { readCall } from './read-call.ts';
import { UpdateQueue } from './update-queue.ts';

export const testToken = '123456:test-token-of-the-bot-under-test';

/** One call of the bot as it came, and how it was answered. */
export interface Call {
  method: string;
  given: Record<string, unknown>;
  at: number;
  /** 200, or the error's code. */
  status: number;
  description?: string;
}

type Refusing = { method: string; times: number; with: Refused | 'hang-up' };

/**
 * A Bot API server (as Telegram's own with `--local`: webhooks may be plain HTTP at any address) with people who write,
 * press buttons and read. It refuses what Telegram refuses, in its words, and notes every call.
 */
export class Telegram {
  readonly calls: Call[] = [];
  readonly chats = new Chats();
  readonly updates = new UpdateQueue();
  readonly flood: FloodGuard;
  readonly #pendingQueries = new Map<string, boolean>();
  readonly #refusing: Refusing[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #writing = writingMethods(this.chats, this.#pendingQueries);

  private constructor(limits: FloodLimits) {
    this.flood = new FloodGuard(limits);
  }

  static async start(limits: FloodLimits = { burst: 5, everyMs: 1000 }): Promise<Telegram> {
    const telegram = new Telegram(limits);
    telegram.#server.listen(0, '127.0.0.1');
    await once(telegram.#server, 'listening');
    return telegram;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  person(id: number, name = 'Ada'): Person {
    return new Person(this, { id, name }, this.#pendingQueries);
  }

  /** Calls that were refused, floods left out when told so. */
  refused({ withFloods = true } = {}): Call[] {
    return this.calls.filter(({ status }) => status !== 200 && (withFloods || status !== 429));
  }

  /** Refuses the next calls of a method, or hangs up on them. */
  refuse(method: Method, answer: Refused | 'hang-up', times = 1): void {
    this.#refusing.push({ method, with: answer, times });
  }

  async close(): Promise<void> {
    this.updates.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    const given = await readCall(request);
    const call: Call = { method, given: given ?? {}, at: performance.now(), status: 200 };
    const planned = this.#refusing.find((one) => one.method === method && one.times > 0);
    if (planned) planned.times -= 1;
    if (planned?.with === 'hang-up') return void request.socket.destroy();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      if (planned) throw planned.with;
      if (token !== testToken) throw new Refused(401, 'Unauthorized');
      const result = await this.#answer(method, given, gone.signal);
      if (method !== 'getUpdates') this.calls.push(call);
      send(response, 200, { ok: true, result });
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(500, `Internal Server Error: ${error}`);
      this.calls.push({ ...call, status: refused.code, description: refused.message });
      send(response, refused.code, {
        ok: false,
        error_code: refused.code,
        description: refused.message,
        ...(refused.retryAfter ? { parameters: { retry_after: refused.retryAfter } } : {}),
      });
    }
  }

  async #answer(
    method: string,
    given: Record<string, unknown> | undefined,
    gone: AbortSignal,
  ): Promise<unknown> {
    if (!(method in forms)) throw new Refused(404, 'Not Found');
    if (!given) throw new Refused(400, "Bad Request: can't parse the body");
    const name = method as Method;
    const parsed = forms[name].safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Refused(400, `Bad Request: ${issue!.path.join('.')} ${issue!.message}`);
    }
    const form = parsed.data as never;
    if (name === 'getUpdates') return this.updates.getUpdates(form, gone);
    if (name === 'setWebhook') return this.updates.setWebhook(form);
    if (name === 'deleteWebhook') return this.updates.deleteWebhook();
    if (['sendMessage', 'sendPhoto', 'editMessageText'].includes(name))
      this.flood.spend(Number(given.chat_id));
    return this.#writing[name](form);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
