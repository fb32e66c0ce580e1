import { type AgentMessage, nodeSocketPath, ServerMessage } from '@hearth/contract';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { reconnecting, restarting } from './backoff.ts';
import type { Log } from './log.ts';

export interface ConnectionOptions {
  serverUrl: string;
  /** The node token; asked for before each attempt. Undefined: not enrolled, try again later. */
  token: () => Promise<string | undefined>;
  /** The server does not know the token (any more). */
  onUnauthorized: () => void;
  onOpen: () => void;
  onMessage: (message: ServerMessage) => void;
  onClose: () => void;
  log: Log;
  /** Silence for so long means the other end is gone, whatever the socket says. */
  silentMs?: number;
  /** Milliseconds before the next attempt, after so many failures in a row. */
  wait?: (failures: number) => number;
}

const mostBufferedBytes = 8 * 1024 * 1024;
/** For so long after it was last there a server counts as restarting. */
const restartWithinMs = 60_000;

/**
 * The line to the server: dials out, says what it hears, and dials again after a cut. The only file that knows
 * WebSocket.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #silentMs: number;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #reachedAt = performance.now();
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#silentMs = options.silentMs ?? 8000;
  }

  start(): void {
    void this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#socket?.close(1000, 'the agent stops');
    this.#socket?.terminate();
  }

  /** False when there is no line, or so much waits on it that no more should be sent now. */
  send(message: AgentMessage): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > mostBufferedBytes) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** Hangs up; the next attempt follows by itself. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  /** The server answered as one does who knows this node: the next cut starts with a short wait again. */
  settled(): void {
    this.#attempt = 0;
  }

  async #dial(): Promise<void> {
    const token = await this.#options.token().catch((err: unknown) => {
      this.#options.log.warn({ err }, 'This machine could not enrol.');
    });
    if (this.#stopped) return;
    if (!token) return this.#later();
    const address = this.#options.serverUrl.replace(/^http/, 'ws') + nodeSocketPath;
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(address, {
      headers,
      handshakeTimeout: this.#silentMs,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      if (response.statusCode === 401) this.#options.onUnauthorized();
      this.#lost(socket, `the server answered ${response.statusCode}`);
    });
    socket.on('error', (error) => this.#lost(socket, error.message || 'unreachable'));
    socket.on('open', () => {
      const watch = this.#watchSilence(socket);
      socket.on('message', (data) => this.#receive(socket, String(data)));
      socket.on('close', (code, reason) => {
        clearInterval(watch);
        this.#reachedAt = performance.now();
        this.#lost(socket, `${code} ${reason}`.trim());
        this.#options.onClose();
      });
      this.#options.onOpen();
    });
  }

  #receive(socket: WebSocket, text: string): void {
    const parsed = ServerMessage.safeParse(parseJson(text));
    if (parsed.success) {
      this.#options.onMessage(parsed.data);
      return;
    }
    this.#options.log.error(
      { problem: z.prettifyError(parsed.error).slice(0, 500) },
      'The server said something this agent does not understand: one of them is older and needs an update.',
    );
    socket.close(1002, 'not understood');
  }

  /** Every frame and every answered ping is a sign of life. */
  #watchSilence(socket: WebSocket): NodeJS.Timeout {
    let heardAt = performance.now();
    const heard = () => {
      heardAt = performance.now();
    };
    socket.on('message', heard).on('pong', heard).on('ping', heard);
    return setInterval(() => {
      if (performance.now() - heardAt > this.#silentMs) socket.terminate();
      else socket.ping();
    }, this.#silentMs / 4);
  }

  #lost(socket: WebSocket, reason: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    if (!this.#stopped) this.#later(reason);
  }

  #later(reason?: string): void {
    const isRestart = performance.now() - this.#reachedAt < restartWithinMs;
    const backoff = isRestart ? restarting : reconnecting;
    const { wait = (failure) => backoff.delayMs(failure) } = this.#options;
    this.#attempt += 1;
    const ms = wait(this.#attempt);
    if (reason)
      this.#options.log[this.#attempt > 1 ? 'debug' : 'warn'](
        { reason, retryMs: ms },
        'No line to the server.',
      );
    this.#retry = setTimeout(() => void this.#dial(), ms);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
