import { randomUUID } from 'node:crypto';
import type { OnlineNode } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import type { ClaimsRepository, Offer } from './claims.repository.ts';
import type { DispatchService } from './dispatch.service.ts';
import { Gathering } from './gathering.ts';
import type { JobsRepository, NewJob } from './jobs.repository.ts';
import type { ActiveJob, JobRecord } from './jobs.types.ts';
import type { Leases } from './leases.ts';
import type { Reservations } from './reservations.ts';

export type JobOrder = Omit<NewJob, 'id' | 'createdAt' | 'gang'>;

/**
 * Takes orders for jobs. Where a node has room and nothing waits before it, a job is stored as leased already and goes
 * out with the commit that stores it; orders that come together share a commit.
 */
export class OrdersService {
  readonly #repository: JobsRepository;
  readonly #claims: ClaimsRepository;
  readonly #dispatch: DispatchService;
  readonly #leases: Leases;
  readonly #reservations: Reservations;
  readonly #clock: Clock;
  readonly #alone: Gathering<NewJob, string>;
  #turn = 0;
  constructor(
    repository: JobsRepository,
    claims: ClaimsRepository,
    dispatch: DispatchService,
    leases: Leases,
    reservations: Reservations,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#claims = claims;
    this.#dispatch = dispatch;
    this.#leases = leases;
    this.#reservations = reservations;
    this.#clock = clock;
    this.#alone = new Gathering((jobs) => this.#store(jobs), { atOnce: 3 });
  }

  /** Queues jobs inside the caller's transaction; after its commit the caller has them dispatched. */
  async queue(tx: Transaction, orders: JobOrder[], isGang: boolean): Promise<string[]> {
    const gangId = randomUUID();
    const jobs = orders.map((order, rank) =>
      this.#job(order, isGang ? { id: gangId, rank, size: orders.length } : null),
    );
    await this.#claims.add(
      jobs.map((job) => ({ job, offer: undefined })),
      tx,
    );
    return jobs.map(({ id }) => id);
  }

  /** A job that stands for itself: stored, and on its way where there is room. */
  alone(order: JobOrder): Promise<string> {
    return this.#alone.add(this.#job(order, null));
  }

  /** The same with something stored beside it, all or nothing. `store` comes after the job's own row. */
  async with<T>(order: JobOrder, store: (tx: Transaction, jobId: string) => Promise<T>): Promise<T> {
    const job = this.#job(order, null);
    const nodes = this.#dispatch.open();
    const offered = [{ job, offer: this.#offer(job, nodes) }];
    return this.#leasing(offered, nodes, () =>
      this.#repository.transaction(async (tx) => {
        const records = await this.#claims.add(offered, tx);
        return { records, result: await store(tx, job.id) };
      }),
    );
  }

  async #store(jobs: NewJob[]): Promise<string[]> {
    const nodes = this.#dispatch.open();
    const offered = jobs.map((job) => ({ job, offer: this.#offer(job, nodes) }));
    return this.#leasing(offered, nodes, async () => ({
      records: await this.#claims.add(offered),
      result: jobs.map(({ id }) => id),
    }));
  }

  /** Stores jobs by `store`, then sends out those that were leased and looks after the others. */
  async #leasing<T>(
    offered: { offer: Offer | undefined }[],
    nodes: OnlineNode[],
    store: () => Promise<{ records: JobRecord[]; result: T }>,
  ): Promise<T> {
    const leaseIds = offered.flatMap(({ offer }) => offer?.leaseId ?? []);
    let active: ActiveJob[] = [];
    try {
      const { records, result } = await store();
      active = records.filter((job): job is ActiveJob => job.state === 'leased');
      const waiting = records.filter(({ state }) => state === 'queued').map(({ kind }) => kind);
      for (const kind of new Set(waiting)) void this.#dispatch.queued(kind);
      return result;
    } finally {
      const taken = new Set(active.map(({ lease }) => lease.id));
      for (const leaseId of leaseIds) {
        this.#reservations.settle(leaseId);
        if (!taken.has(leaseId)) this.#leases.forget(leaseId);
      }
      await this.#dispatch.assign(active, nodes);
    }
  }

  /** The nodes that can do it are offered it in turn; whether there is room the database says. */
  #offer({ kind, gpuCount = 0, gang }: NewJob, nodes: OnlineNode[]): Offer | undefined {
    if (gpuCount > 0 || gang || !this.#dispatch.mayHaveRoom(kind)) return undefined;
    const able = nodes.filter(({ jobKinds }) => jobKinds.includes(kind));
    const cap = this.#dispatch.capOf(kind);
    const free = able.filter(({ nodeId }) => this.#reservations.count(nodeId, kind) < cap);
    this.#turn += 1;
    const node = free[this.#turn % Math.max(1, free.length)];
    if (!node) return undefined;
    const { nodeId } = node;
    const beside = cap - 1 - this.#reservations.count(nodeId, kind);
    const offer = { ...this.#leases.make(node), beside };
    this.#reservations.reserve(offer.leaseId, { nodeId, kind });
    return offer;
  }

  #job(order: JobOrder, gang: NewJob['gang']): NewJob {
    return { ...order, gang, id: randomUUID(), createdAt: this.#clock() };
  }
}
