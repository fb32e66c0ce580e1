import type { JobLogLine, JobOutput, OutputStream } from '@hearth/contract';
import type { LiveHub } from '../platform/live-hub.ts';
import type { EndWaiters } from './end-waiters.ts';
import { follow } from './follow.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { FinishedJob, JobRecord } from './jobs.types.ts';
import type { RecordsRepository } from './records.repository.ts';
import { asOutput, asText } from './retention.ts';

/** A job that has ended, with what its program wrote; where a limit cut it, a line in the text says so. */
export interface EndedJob {
  job: FinishedJob;
  stdout: string;
  stderr: string;
}
const atOnce = 500;

/** What jobs have logged and printed, and how they ended: read now, or as it comes. */
export class JobRecordsService {
  readonly #jobs: JobsRepository;
  readonly #records: RecordsRepository;
  readonly #waiters: EndWaiters;
  readonly #live: LiveHub;
  constructor(jobs: JobsRepository, records: RecordsRepository, waiters: EndWaiters, live: LiveHub) {
    this.#jobs = jobs;
    this.#records = records;
    this.#waiters = waiters;
    this.#live = live;
  }

  /** Lines after `after`, oldest first; without it the newest. */
  logs(id: string, limit: number, after?: number): Promise<JobLogLine[]> {
    return this.#records.logs(id, limit, after);
  }

  /** All that is kept of both streams. */
  async output(id: string): Promise<Record<OutputStream, string>> {
    const pieces = await this.#records.output(id, 0);
    const of = (name: OutputStream) => asText(pieces.filter(({ stream }) => stream === name));
    return { stdout: of('stdout'), stderr: of('stderr') };
  }

  /** Pieces of both streams after the event `after`, in the order they came. */
  async pieces(id: string, after: number, limit: number): Promise<JobOutput[]> {
    return (await this.#records.output(id, after, undefined, limit)).map(asOutput);
  }

  /** Waits for a job's end, in however long; rejects with the signal's reason. */
  async ended(id: string, signal?: AbortSignal): Promise<EndedJob> {
    const told = this.#waiters.wait(id, signal);
    told.catch(() => undefined);
    const job = await this.#jobs.find(id);
    const ended = job?.state === 'finished' ? job : await told;
    const hasPrinted = ended.kept.stdout !== undefined || ended.kept.stderr !== undefined;
    return { job: ended, ...(hasPrinted ? await this.output(id) : { stdout: '', stderr: '' }) };
  }

  followLogs(job: JobRecord, after: number, signal: AbortSignal): AsyncGenerator<JobLogLine> {
    let seq = after;
    return this.#follow(job.id, signal, async () => {
      const lines = await this.#records.logs(job.id, atOnce, seq);
      seq = lines.at(-1)?.seq ?? seq;
      return lines;
    });
  }

  /** The pieces of a stream as text, each with the mark of what is missing before it. */
  followOutput(job: JobRecord, stream: OutputStream, signal: AbortSignal): AsyncGenerator<string> {
    let seq = 0;
    return this.#follow(job.id, signal, async () => {
      const pieces = await this.#records.output(job.id, seq, stream, atOnce);
      seq = pieces.at(-1)?.seq ?? seq;
      return pieces.map((piece) => asText([piece]));
    });
  }

  /** A stream as far as it is stored now. */
  async *outputUntilNow({ id }: JobRecord, stream: OutputStream): AsyncGenerator<string> {
    for (let seq = 0; ; ) {
      const pieces = await this.#records.output(id, seq, stream, atOnce);
      if (pieces.length === 0) return;
      seq = pieces.at(-1)!.seq;
      yield asText(pieces);
    }
  }

  #follow<T>(id: string, signal: AbortSignal, read: () => Promise<T[]>): AsyncGenerator<T> {
    const find = async () => {
      const job = await this.#jobs.find(id);
      if (!job) throw new Error(`Job ${id} is gone.`);
      return job;
    };
    return follow(this.#live, id, { find, read }, signal);
  }
}
