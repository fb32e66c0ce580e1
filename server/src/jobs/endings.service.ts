import type { JobKind } from '@hearth/contract';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { isPassing } from '../platform/failures.ts';
import type { Log } from '../platform/log.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob, JobFailure, JobHandler, JobRecord, NumberedEvent, Outcome } from './jobs.types.ts';

export interface Ending {
  outcome: Outcome;
  error?: JobFailure | null | undefined;
  result?: Record<string, unknown> | null | undefined;
  at: Date;
}
/** What is left to do once the transaction has committed. */
export interface Aftermath {
  jobId: string;
  events: NumberedEvent[];
  released: string[];
}

/** Ends jobs, whoever decided it: the node, a person, an expired lease. And tells those who wait for it. */
export class EndingsService {
  readonly #repository: JobsRepository;
  readonly #blobs: BlobsService;
  readonly #log: Log;
  readonly #handlers = new Map<JobKind, JobHandler>();
  readonly #waiting = new Map<string, Set<() => void>>();
  /** News of one job is told in its order. */
  readonly #telling = new Map<string, Promise<void>>();
  /** Called when a node may have room again; handed in by dispatch. */
  onRoom: () => void = () => undefined;
  constructor(repository: JobsRepository, blobs: BlobsService, log: Log) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#log = log;
  }

  handle(kind: JobKind, handler: JobHandler): void {
    this.#handlers.set(kind, handler);
  }

  handlerOf(kind: JobKind): JobHandler | undefined {
    return this.#handlers.get(kind);
  }

  /** Ends a locked job inside the transaction that decided it. */
  async finish(tx: Transaction, job: JobRecord, ending: Ending): Promise<string[]> {
    const { outcome, error, result, at } = await this.#complete(tx, job, ending);
    await this.handlerOf(job.kind)?.onEnded?.(tx, job, outcome, at);
    const released = await this.#repository.removeArtifacts(tx, job.id);
    await this.#repository.finish(tx, job.id, {
      outcome,
      error: error ?? null,
      result: result ?? null,
      finishedAt: at,
    });
    return released;
  }

  /** After the commit. Nothing here can undo what was committed, so failures are only logged. */
  announce(aftermath: Aftermath): Promise<void> {
    const { jobId } = aftermath;
    const before = this.#telling.get(jobId) ?? Promise.resolve();
    const told = before
      .then(() => this.#announce(aftermath))
      .finally(() => {
        if (this.#telling.get(jobId) === told) this.#telling.delete(jobId);
      });
    this.#telling.set(jobId, told);
    return told;
  }

  async #announce({ jobId, events, released }: Aftermath): Promise<void> {
    try {
      const [job] = await this.#repository.findMany([jobId]);
      if (!job) return;
      if (job.state === 'finished') this.#wakeWaiting(jobId);
      if (job.state === 'finished' || job.state === 'queued') this.onRoom();
      await this.handlerOf(job.kind)?.onChanged?.(job, events);
      await this.#blobs.release(released);
    } catch (err) {
      this.#log.warn({ err, job: jobId }, 'News of a job could not be told.');
    }
  }

  /** Resolves when the job has ended, or after `ms`. */
  waitFor(jobId: string, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting.add(resolve));
    const timer = setTimeout(resolve, ms).unref();
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(jobId);
    });
  }

  #wakeWaiting(jobId: string): void {
    for (const resolve of this.#waiting.get(jobId) ?? []) resolve();
  }

  /** Success has effects of its own; where they fail, so does the job, and nothing of them stays. */
  async #complete(tx: Transaction, job: JobRecord, ending: Ending): Promise<Ending> {
    const handler = this.handlerOf(job.kind);
    if (ending.outcome !== 'completed' || !handler?.onCompleted || job.state === 'finished') return ending;
    if (job.state === 'queued') throw new Error(`Job ${job.id} completed in the queue.`);
    const artifacts = await this.#repository.artifacts(tx, job.id);
    const completion = { at: ending.at, result: ending.result ?? {}, artifacts };
    const failure = await guarded(tx, this.#log, job, (inner) =>
      handler.onCompleted!(inner, job, completion),
    );
    return failure ? { ...ending, outcome: 'failed', error: failure } : ending;
  }
}

/** Runs a handler so that its failure undoes only its own writes; a database that is away or full is nobody's failure. */
export async function guarded(
  tx: Transaction,
  log: Log,
  job: ActiveJob,
  work: (tx: Transaction) => Promise<void>,
): Promise<JobFailure | undefined> {
  try {
    await tx.transaction(work);
    return undefined;
  } catch (error) {
    if (isPassing(error)) throw error;
    if (error instanceof AppError) return { code: error.code, message: error.message };
    log.error({ err: error, job: job.id }, 'The effects of a job could not be stored.');
    return { code: 'internal', message: 'What the job reported could not be stored.' };
  }
}
