import {
  type Client,
  createClient,
  type Dataset,
  type JobState,
  routes,
  type TrainingConfig,
  type TrainingRun,
} from '@hearth/contract';
import { RetryConfig, runWithRetry } from '@hearth/toolkit/reliability';
import { isPassing } from './failure.ts';
import { readTokens } from './token-stream.ts';

export interface HearthApiOptions {
  url: string;
  key: string;
  /** How long an answer may take. Default 30 s. */
  timeoutMs?: number;
  /** How long a model may be silent: it first reads all of the conversation, on a slow machine for long. Default 2 min. */
  silenceMs?: number;
}

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

const TIMEOUT_MS = 30_000;
const SILENCE_MS = 120_000;
/** Reading twice does no harm, so a hiccup of the connection is not worth a sentence. */
const RETRIES = new RetryConfig({ maxAttempts: 3, initialDelayMs: 200 });

/** All the bot asks of Hearth. Throws ApiError, or a TimeoutError when an answer takes too long. */
export class HearthApi {
  readonly #client: Client;
  readonly #timeoutMs: number;
  readonly #silenceMs: number;

  constructor({ url, key, timeoutMs = TIMEOUT_MS, silenceMs = SILENCE_MS }: HearthApiOptions) {
    this.#client = createClient({ baseUrl: url, token: () => key });
    this.#timeoutMs = timeoutMs;
    this.#silenceMs = silenceMs;
  }

  startTraining(config: TrainingConfig) {
    return this.#once((options) => this.#client(routes.training.start, { body: config }, options));
  }
  stopTraining(session_id: string) {
    return this.#once((options) => this.#client(routes.training.stop, { params: { session_id } }, options));
  }
  resumeTraining(session_id: string) {
    const input = { params: { session_id }, body: {} };
    return this.#once((options) => this.#client(routes.training.resume, input, options));
  }
  /** A session with everything known of it. */
  training(session_id: string) {
    return this.#read((options) => this.#client(routes.training.run, { params: { session_id } }, options));
  }
  history(session_id: string) {
    const input = { params: { session_id } };
    return this.#read((options) => this.#client(routes.training.history, input, options));
  }
  logs(session_id: string, limit: number) {
    const input = { params: { session_id }, query: { limit } };
    return this.#read((options) => this.#client(routes.training.logs, input, options));
  }
  /** Sessions, newest first. */
  async sessions(limit: number) {
    const input = { query: { limit } };
    return (await this.#read((options) => this.#client(routes.training.runs, input, options))).items;
  }
  /** The same, in a state or all, for as long as they are asked for. */
  async *runs(status?: JobState): AsyncGenerator<TrainingRun> {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const input = { query: { status, limit: 100, cursor } };
      const page = await this.#read((options) => this.#client(routes.training.runs, input, options));
      yield* page.items;
      cursor = page.next_cursor;
    }
  }
  queue() {
    return this.#read((options) => this.#client(routes.training.queue, {}, options));
  }
  architectures() {
    return this.#read((options) => this.#client(routes.training.architectures, {}, options));
  }
  /** All of them: where the list goes on, a header says. */
  async datasets(): Promise<Dataset[]> {
    const all: Dataset[] = [];
    let cursor: string | undefined;
    do {
      const input = { query: { cursor } };
      const onHeaders = (headers: Headers) => {
        cursor = headers.get('x-next-cursor') ?? undefined;
      };
      const page = await this.#read((options) =>
        this.#client(routes.registry.listDatasets, input, { ...options, onHeaders }),
      );
      all.push(...page);
    } while (cursor !== undefined);
    return all;
  }
  models() {
    return this.#read((options) => this.#client(routes.registry.listModels, {}, options));
  }
  systemInfo() {
    return this.#read((options) => this.#client(routes.system.info, {}, options));
  }
  /** Names of the models that are there to talk to. */
  async chatModels(): Promise<string[]> {
    const { data } = await this.#read((options) => this.#client(routes.openAi.models, {}, options));
    return data.map(({ id }) => id);
  }

  /** The answer, piece by piece. */
  async *chat(model: string, messages: Turn[], signal: AbortSignal): AsyncGenerator<string> {
    const silence = new AbortController();
    const patience = setTimeout(() => silence.abort(timeoutError()), this.#silenceMs);
    try {
      const response = await this.#client(
        { ...routes.openAi.chat, response: 'events' },
        { body: { model, messages, stream: true } },
        { signal: AbortSignal.any([signal, silence.signal]) },
      );
      for await (const token of readTokens(response, () => patience.refresh())) yield token;
    } finally {
      clearTimeout(patience);
    }
  }

  #read<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    return runWithRetry(() => this.#once(call), RETRIES, { retryIf: isPassing });
  }

  #once<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    return call({ signal: AbortSignal.timeout(this.#timeoutMs) });
  }
}

const timeoutError = () => new DOMException('No answer in time.', 'TimeoutError');
