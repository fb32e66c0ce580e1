import { randomUUID } from 'node:crypto';
import type { OnlineNode } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { Gathering } from '../platform/gathering.ts';
import type { ClaimsRepository, Offer } from './claims.repository.ts';
import type { DispatchService } from './dispatch.service.ts';
import type { NewJob } from './jobs.repository.ts';
import type { ActiveJob } from './jobs.types.ts';
import type { Leases } from './leases.ts';
import type { Reservations } from './reservations.ts';

export type JobOrder = Omit<NewJob, 'id' | 'createdAt' | 'gang'>;
/** One that always finds its place. */
export type PlainOrder = Omit<JobOrder, 'mutex'> & { mutex?: never };

/**
 * Takes orders for jobs. Where a node has room and nothing waits before it, a job is stored as leased already and goes
 * out with the commit that stores it; orders that come together share a commit.
 */
export class OrdersService {
  readonly #claims: ClaimsRepository;
  readonly #dispatch: DispatchService;
  readonly #leases: Leases;
  readonly #reservations: Reservations;
  readonly #clock: Clock;
  readonly #alone: Gathering<NewJob, string | undefined>;
  #turn = 0;
  constructor(
    claims: ClaimsRepository,
    dispatch: DispatchService,
    leases: Leases,
    reservations: Reservations,
    clock: Clock,
  ) {
    this.#claims = claims;
    this.#dispatch = dispatch;
    this.#leases = leases;
    this.#reservations = reservations;
    this.#clock = clock;
    this.#alone = new Gathering((jobs) => this.#store(jobs), { atOnce: 3 });
  }

  /** Queues jobs inside the caller's transaction; after its commit the caller has them dispatched. */
  async queue(tx: Transaction, orders: PlainOrder[], isGang: boolean): Promise<string[]> {
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

  /** A job that stands for itself: stored, and on its way where there is room. Undefined where its mutex is held. */
  alone(order: JobOrder): Promise<string | undefined> {
    return this.#alone.add(this.#job(order, null));
  }

  /** Stores jobs, then sends out those that were leased and looks after the others. */
  async #store(jobs: NewJob[]): Promise<(string | undefined)[]> {
    const nodes = this.#dispatch.open();
    const offered = jobs.map((job) => ({ job, offer: this.#offer(job, nodes) }));
    const leaseIds = offered.flatMap(({ offer }) => offer?.leaseId ?? []);
    let active: ActiveJob[] = [];
    try {
      const records = await this.#claims.add(offered);
      active = records.filter((job): job is ActiveJob => job.state === 'leased');
      const waiting = records.filter(({ state }) => state === 'queued').map(({ kind }) => kind);
      for (const kind of new Set(waiting)) void this.#dispatch.queued(kind);
      const stored = new Set(records.map(({ id }) => id));
      return jobs.map(({ id }) => (stored.has(id) ? id : undefined));
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
