import type { LinksService } from '../nodes/links.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { EndingsService } from './endings.service.ts';
import { settleLost } from './intake.service.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob } from './jobs.types.ts';

/** Ends what no node renews any more, and repeats orders to stop that may have been lost. */
export class LeaseSweeper {
  readonly #repository: JobsRepository;
  readonly #endings: EndingsService;
  readonly #links: LinksService;
  readonly #clock: Clock;
  readonly #log: Log;
  constructor(
    repository: JobsRepository,
    endings: EndingsService,
    links: LinksService,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#endings = endings;
    this.#links = links;
    this.#clock = clock;
    this.#log = log;
  }

  /** Once at start: while the server was away no heartbeat could renew anything. */
  async forgiveAbsence(graceMs: number): Promise<void> {
    await this.#repository.extendLeases(new Date(this.#clock().getTime() + graceMs));
  }

  async sweep(): Promise<void> {
    for (const job of await this.#repository.expired(this.#clock())) await this.#expire(job);
    for (const { id: jobId, lease } of await this.#repository.cancelOrdered())
      this.#links.send(lease.nodeId, { type: 'job.cancel', jobId, leaseId: lease.id });
  }

  async #expire({ id: jobId, lease }: ActiveJob): Promise<void> {
    const now = this.#clock();
    const released = await this.#repository.transaction(async (tx) => {
      const job = await this.#repository.lock(tx, jobId);
      if (!job || (job.state !== 'leased' && job.state !== 'running')) return undefined;
      if (job.lease.id !== lease.id || job.lease.expiresAt > now) return undefined;
      return settleLost(tx, job, this.#repository, this.#endings, now);
    });
    if (!released) return;
    this.#log.warn({ job: jobId, node: lease.nodeId }, 'A lease expired.');
    this.#links.send(lease.nodeId, { type: 'job.drop', jobId, leaseId: lease.id });
    await this.#endings.announce({ jobId, events: [], released });
  }
}
