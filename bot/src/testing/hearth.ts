import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routes } from '@hearth/contract';
import { startTestApp, type TestApp } from '../../../server/src/testing/test-app.ts';

/** The real server with a key for the bot and something to learn from; nothing trains, for no machine is there. */
export async function startHearth(): Promise<{ hearth: TestApp; key: string }> {
  const hearth = await startTestApp();
  const { key } = await hearth.client(routes.identity.createKey, { body: { name: 'bot', scopes: ['*'] } });
  for (const name of ['iris', 'alice'])
    await hearth.client(routes.registry.addBundledDataset, { params: { name } });
  return { hearth, key };
}

/** An OpenAI-compatible server that says what a test tells it to. */
export class ScriptedModel {
  /** What it was last asked: the messages. */
  asked: { role: string; content: string }[] = [];
  #pieces: string[] = [];
  #pieceMs = 0;
  #isBroken = false;
  readonly #server = createServer((request, response) => {
    if (request.method === 'GET') return this.#list(response);
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => void this.#answer(JSON.parse(body), response));
  });

  /** Begins to listen, and is attached to Hearth under this name. */
  async attach(hearth: TestApp, name: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const base_url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
    await hearth.client(routes.inference.attach, { body: { name, base_url, model: 'scripted' } });
  }

  /** The next answers: these pieces, one each so many milliseconds; broken off at the end when told so. */
  say(pieces: string[], { pieceMs = 0, isBroken = false } = {}): void {
    this.#pieces = pieces;
    this.#pieceMs = pieceMs;
    this.#isBroken = isBroken;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #list(response: ServerResponse): void {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ data: [{ id: 'scripted' }] }));
  }

  async #answer(
    given: { messages: { role: string; content: string }[] },
    response: ServerResponse,
  ): Promise<void> {
    this.asked = given.messages;
    response.setHeader('content-type', 'text/event-stream');
    for (const content of this.#pieces) {
      if (this.#pieceMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#pieceMs));
      const chunk = { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    // What was written is to arrive before the line is cut.
    if (this.#isBroken) return void setTimeout(() => response.destroy(), 50);
    response.write('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n');
    response.end('data: [DONE]\n\n');
  }
}
