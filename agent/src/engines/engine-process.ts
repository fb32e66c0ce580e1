import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { engineEnvironment } from '../config.ts';
import { EngineNews, type EngineOrder } from './engine-messages.ts';

export interface EngineProcessEvents {
  onNews: (news: EngineNews) => void;
  /** It ended without having been told to; `lastWords` is the end of what it said. */
  onCrash: (how: string, lastWords: string) => void;
}

const host = join(import.meta.dirname, 'host.ts');

/** The process of one engine, seen from the agent. */
export class EngineProcess {
  readonly #child: ChildProcess;
  #stopped = false;

  constructor({ onNews, onCrash }: EngineProcessEvents) {
    this.#child = fork(host, [], {
      execArgv: [],
      env: engineEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let words = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000);
    });
    this.#child.on('message', (raw) => {
      if (!this.#stopped) onNews(EngineNews.parse(raw));
    });
    const crash = (how: string) => {
      if (this.#stopped) return;
      this.#stopped = true;
      onCrash(how, words.trim());
    };
    this.#child.once('error', (error) => crash(error.message));
    this.#child.once('close', (code, signal) => crash(signal ?? `code ${code}`));
  }

  send(order: EngineOrder): void {
    // An answer that does not come is a crash, which is told apart.
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    this.#child.once('exit', () => clearTimeout(kill));
  }
}
