import type { FinishedJob, JobRecord } from './jobs.types.ts';

/** Those who wait in this process for jobs to end. */
export class EndWaiters {
  readonly #waiting = new Map<string, Set<(job: FinishedJob) => void>>();

  /** Resolves with the job's end; rejects with the signal's reason. */
  wait(jobId: string, signal?: AbortSignal): Promise<FinishedJob> {
    const { promise, resolve, reject } = Promise.withResolvers<FinishedJob>();
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting.add(resolve));
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    return promise.finally(() => {
      signal?.removeEventListener('abort', abort);
      waiting.delete(resolve);
      if (waiting.size === 0 && this.#waiting.get(jobId) === waiting) this.#waiting.delete(jobId);
    });
  }

  tell(job: JobRecord): void {
    if (job.state === 'finished') for (const resolve of this.#waiting.get(job.id) ?? []) resolve(job);
  }

  ids(): string[] {
    return [...this.#waiting.keys()];
  }
}
