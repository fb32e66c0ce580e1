import type { ScriptRun } from '@hearth/contract';
import type { JobHandler, JobRecord, NumberedEvent } from '../jobs/jobs.types.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { CatalogueService } from './catalogue.service.ts';
import { hasEnded } from './run-view.ts';
import type { ScriptRunsService } from './script-runs.service.ts';

/** How often a wait looks for itself: another server may have been told of the end. */
const lookMs = 5_000;

/** Follows runs: tells those who watch, and those who wait for an end. */
export class RunWatch implements JobHandler {
  readonly #runs: ScriptRunsService;
  readonly #catalogue: CatalogueService;
  readonly #live: LiveHub;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #closing = new AbortController();
  constructor(runs: ScriptRunsService, catalogue: CatalogueService, live: LiveHub, log: Log) {
    this.#runs = runs;
    this.#catalogue = catalogue;
    this.#live = live;
    runs.onStarted = (runId) =>
      void this.#publish(runId).catch((err: unknown) =>
        log.warn({ err, runId }, 'News of a run could not be told.'),
      );
  }

  /** Ends all waiting: the runs go on, the server does not. */
  close(): void {
    this.#closing.abort();
  }

  async onChanged(job: JobRecord, events: NumberedEvent[]): Promise<void> {
    if (job.state === 'finished') for (const wake of this.#waiting.get(job.id) ?? []) wake();
    // What a program writes goes to those who watch its job; here the state counts.
    const isState = events.length === 0 || events.some(({ event }) => /started|finished/.test(event.type));
    if (isState) await this.#publish(job.id);
  }

  async #publish(runId: string): Promise<void> {
    if (!this.#live.hasSubscribers('scripts')) return;
    const run = await this.#runs.get(runId);
    this.#live.publish('scripts', { type: 'script.run.updated', run });
    const standing = (await this.#runs.standing(run.script_name)).get(run.script_name);
    const script = standing && (await this.#catalogue.view(run.script_name, standing));
    if (script) this.#live.publish('scripts', { type: 'script.updated', script });
  }

  /** Resolves with the run when it has ended, or as it stands when `signal` aborts. */
  async untilEnded(runId: string, signal: AbortSignal): Promise<ScriptRun> {
    const done = new AbortController();
    const enough = AbortSignal.any([signal, this.#closing.signal, done.signal]);
    try {
      for (;;) {
        const news = this.#news(runId, enough);
        const run = await this.#runs.get(runId);
        if (hasEnded(run) || signal.aborted) return run;
        if (this.#closing.signal.aborted) throw stopping(runId);
        await news;
      }
    } finally {
      done.abort();
    }
  }

  /** Resolves when the run has ended, when it is time to look, or when nobody waits any more. */
  #news(runId: string, enough: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const waiting = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, waiting.add(wake));
    const timer = setTimeout(wake, lookMs);
    enough.addEventListener('abort', wake);
    if (enough.aborted) resolve();
    return promise.finally(() => {
      clearTimeout(timer);
      enough.removeEventListener('abort', wake);
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(runId);
    });
  }
}

const stopping = (runId: string) =>
  new AppError(
    'service.unavailable',
    'The server stops; the run goes on. Ask for its status.',
    { run_id: runId },
    5,
  );
