import type { LinksService } from '../nodes/links.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { EndWaiters } from './end-waiters.ts';
import type { EndingsService } from './endings.service.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob } from './jobs.types.ts';

/** Ends what no node renews any more, and repeats orders to stop that may have been lost. */
export class LeaseSweeper {
  readonly #repository: JobsRepository;
  readonly #endings: EndingsService;
  readonly #waiters: EndWaiters;
  readonly #links: LinksService;
  readonly #clock: Clock;
  readonly #log: Log;
  constructor(
    repository: JobsRepository,
    endings: EndingsService,
    waiters: EndWaiters,
    links: LinksService,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#endings = endings;
    this.#waiters = waiters;
    this.#links = links;
    this.#clock = clock;
    this.#log = log;
  }

  /** Once at start: while the server was away no heartbeat could renew anything. */
  async forgiveAbsence(graceMs: number): Promise<void> {
    await this.#repository.extendLeases(new Date(this.#clock().getTime() + graceMs));
  }

  async sweep(): Promise<void> {
    // Another server may have heard of the end.
    for (const job of await this.#repository.findMany(this.#waiters.ids())) this.#waiters.tell(job);
    for (const job of await this.#repository.expired(this.#clock())) await this.#expire(job);
    for (const { id: jobId, lease } of await this.#repository.cancelOrdered())
      this.#links.send(lease.nodeId, { type: 'job.cancel', jobId, leaseId: lease.id });
  }

  async #expire({ id: jobId, lease }: ActiveJob): Promise<void> {
    const isExpired = (job: ActiveJob) => job.lease.expiresAt <= this.#clock();
    if (!(await this.#endings.lost(jobId, lease.id, isExpired))) return;
    this.#log.warn({ job: jobId, node: lease.nodeId }, 'A lease expired.');
    this.#links.send(lease.nodeId, { type: 'job.drop', jobId, leaseId: lease.id });
  }
}
