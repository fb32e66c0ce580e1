import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { JobDirectory, StopReason } from './job-directory.ts';
import { type EndFacts, isDiskFull, type Kill } from './job-end.ts';

export const timeout: Kill = {
  code: 'job.timeout',
  message: 'It ran longer than it was allowed to, and was killed.',
};

/** What was ordered about a job's end and what went wrong, kept so that an agent after this one knows of it too. */
export class StopOrders {
  readonly facts: Omit<EndFacts, 'exit' | 'exitCode'>;
  readonly #directory: JobDirectory;
  readonly #log: Log;

  constructor(directory: JobDirectory, log: Log) {
    this.#directory = directory;
    this.#log = log;
    this.facts = {
      wasCancelled: directory.isStopOrdered('cancelled'),
      kill: directory.isStopOrdered('timed-out') ? timeout : undefined,
      wasInterrupted: false,
      wasDiskFull: false,
    };
  }

  async cancel(): Promise<void> {
    this.facts.wasCancelled = true;
    await this.#note('cancelled');
  }

  kill(kill: Kill): void {
    this.facts.kill = kill;
    this.#log.info({ code: kill.code }, 'The job is killed.');
    if (kill === timeout) void this.#note('timed-out');
  }

  interrupt(): void {
    this.facts.wasInterrupted = true;
  }

  failed(err: unknown, what: string): void {
    this.facts.wasDiskFull ||= isDiskFull(err);
    this.#log.error({ err }, what);
  }

  /** A full disk heals; a job without an end would hold its lease for ever. */
  async surely(act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await act();
      } catch (err) {
        this.failed(err, 'The end of the job could not be written down; trying again.');
        await sleep(5000);
      }
    }
  }

  /** A disk that is full must not keep a job alive; only an agent after this one would not know of the order. */
  #note(reason: StopReason): Promise<void> {
    return this.#directory
      .orderStop(reason)
      .catch((err: unknown) => this.#log.warn({ err }, 'The order to stop could not be written down.'));
  }
}
