import type { LinksService } from '../nodes/links.service.ts';
import type { OnlineNode } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { ActiveFacts, Claim, ClaimsRepository, Window } from './claims.repository.ts';
import type { EndingsService } from './endings.service.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob } from './jobs.types.ts';
import { type Leases, meetingOf } from './leases.ts';
import { type Assignment, kindsOf, type Place, plan } from './placement.ts';
import type { Reservations } from './reservations.ts';

export interface DispatchOptions {
  /** Jobs of each kind that one node works on at a time. */
  caps: ReadonlyMap<string, number>;
  /** How long a node that refused gets nothing. */
  refusalPauseMs: number;
}
/** So much more of the queue is read than there are places: some of its first may have to wait for GPUs or a gang. */
const beyond = 30;
const mostRead = 1000;

/** Hands queued jobs to nodes with room: when asked to, and now and then in case somebody else queued one. */
export class DispatchService {
  readonly #repository: JobsRepository;
  readonly #claims: ClaimsRepository;
  readonly #links: LinksService;
  readonly #leases: Leases;
  readonly #reservations: Reservations;
  readonly #endings: EndingsService;
  readonly #options: DispatchOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pausedUntil = new Map<string, number>();
  #running: Promise<void> | undefined;
  #again = false;
  /** Kinds of which something was queued while a pass was under way. */
  #asked = new Set<string>();
  #closed = false;
  /** Kinds for which the last look found no place left, and none became free since: orders need not ask again. */
  #full = new Set<string>();
  constructor(
    repository: JobsRepository,
    claims: ClaimsRepository,
    links: LinksService,
    leases: Leases,
    reservations: Reservations,
    endings: EndingsService,
    options: DispatchOptions,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#claims = claims;
    this.#links = links;
    this.#leases = leases;
    this.#reservations = reservations;
    this.#endings = endings;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
  }

  /** Something of a kind was queued: places it, if there may be a place. */
  async queued(kind: string): Promise<void> {
    if (this.#full.has(kind) || this.#closed) return;
    // What is being looked at now may not show it: looked again, if there is room left then.
    if (!this.#running) return this.dispatch();
    this.#asked.add(kind);
    await this.#running;
  }

  /** Places what can be placed; resolves when a whole pass begun after the call is done. */
  async dispatch(): Promise<void> {
    if (this.#closed) return;
    this.#again = true;
    this.#full.clear();
    this.#running ??= this.#passes();
    await this.#running;
  }

  /** Whether there may be a place, as far as is known without looking. */
  mayHaveRoom(kind: string): boolean {
    return !this.#full.has(kind);
  }

  capOf(kind: string): number {
    return this.#options.caps.get(kind) ?? 0;
  }

  /** Nodes that may be given work just now. */
  open(): OnlineNode[] {
    const now = this.#clock().getTime();
    return this.#links.online().filter(({ nodeId }) => (this.#pausedUntil.get(nodeId) ?? 0) <= now);
  }

  pause(nodeId: string): void {
    this.#pausedUntil.set(nodeId, this.#clock().getTime() + this.#options.refusalPauseMs);
    setTimeout(() => void this.dispatch(), this.#options.refusalPauseMs).unref();
  }

  /** Writes down why jobs wait that wait for more than their turn. */
  async explain(): Promise<void> {
    const nodes = this.#links.online();
    const queue = await this.#claims.special(kindsOf(nodes, this.#options.caps));
    if (queue.length === 0) return;
    const nodeIds = nodes.map(({ nodeId }) => nodeId);
    const { active } = await this.#claims.situation(nodeIds, []);
    const { reasons } = plan(queue, this.#places(nodes, active), this.#options.caps);
    const changed = queue.filter(({ id, waiting }) => waiting?.message !== reasons.get(id)?.message);
    for (const jobs of Map.groupBy(changed, ({ id }) => reasons.get(id)?.message).values())
      await this.#claims.explain(
        jobs.map(({ id }) => id),
        reasons.get(jobs[0]!.id) ?? null,
      );
    for (const job of await this.#repository.findMany(changed.map(({ id }) => id)))
      void this.#endings.announce({ job, events: [], released: [] });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #passes(): Promise<void> {
    while (this.#again && !this.#closed) {
      // Jobs that end with one commit ask one after the other: one look serves all.
      await Promise.resolve();
      this.#again = false;
      this.#asked.clear();
      try {
        await this.#place(this.open());
        if (this.#asked.values().some((kind) => !this.#full.has(kind))) this.#again = true;
      } catch (err) {
        this.#log.warn({ err }, 'Jobs could not be placed just now.');
      }
    }
    // In the same turn as the last look: who asks from now on begins anew.
    this.#running = undefined;
  }

  /** One pass; a second look goes deeper where the first jobs of the queue left places that those behind could take. */
  async #place(nodes: OnlineNode[], more = beyond): Promise<void> {
    if (nodes.length === 0) return;
    const windows = this.#windows(nodes, more);
    const nodeIds = nodes.map(({ nodeId }) => nodeId);
    const { assignments, isCutShort } = await this.#reservations.decide(
      () => this.#claims.situation(nodeIds, windows),
      ({ active, queue }) => {
        const { assignments, open } = plan(queue, this.#places(nodes, active), this.#options.caps);
        const read = Map.groupBy(queue, ({ kind }) => kind);
        const isCutShort = windows.some(
          ({ kind, most }) => open.has(kind) && (read.get(kind)?.length ?? 0) >= most,
        );
        if (!this.#again)
          this.#full = new Set(windows.map(({ kind }) => kind).filter((kind) => !open.has(kind)));
        return { assignments: this.#reserve(assignments, queue, nodes), isCutShort };
      },
    );
    if (assignments.length > 0) await this.#claim(assignments, nodes);
    if (isCutShort && more < mostRead) await this.#place(nodes, mostRead);
  }

  #windows(nodes: OnlineNode[], more: number): Window[] {
    return kindsOf(nodes, this.#options.caps).map((kind) => {
      const able = nodes.filter(({ jobKinds }) => jobKinds.includes(kind));
      const most = Math.min(mostRead, able.length * this.#options.caps.get(kind)! + more);
      return { kind, most, gpus: Math.max(...able.map(({ gpus }) => gpus)), nodes: able.length };
    });
  }

  #places(nodes: OnlineNode[], active: ActiveFacts[]): Place[] {
    const caps = this.#options.caps;
    return nodes.map((node) => {
      const own = active.filter(({ nodeId }) => nodeId === node.nodeId);
      const count = (kind: string) =>
        own.filter((job) => job.kind === kind).length + this.#reservations.count(node.nodeId, kind);
      return {
        ...node,
        active: new Map([...caps.keys()].map((kind) => [kind, count(kind)])),
        busyGpus: new Set(own.flatMap(({ gpus }) => gpus)),
      };
    });
  }

  #reserve(assignments: Assignment[], queue: { id: string; kind: string }[], nodes: OnlineNode[]): Claim[] {
    const kinds = new Map(queue.map(({ id, kind }) => [id, kind]));
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    return assignments.map(({ jobId, nodeId, gpus }) => {
      const claim = { ...this.#leases.make(byId.get(nodeId)!), jobId, gpus };
      this.#reservations.reserve(claim.leaseId, { nodeId, kind: kinds.get(jobId)! });
      return claim;
    });
  }

  async #claim(claims: Claim[], nodes: OnlineNode[]): Promise<void> {
    let jobs: ActiveJob[] = [];
    try {
      jobs = await this.#claims.claim(claims);
    } finally {
      for (const { leaseId } of claims) this.#reservations.settle(leaseId);
      const taken = new Set(jobs.map(({ lease }) => lease.id));
      for (const { leaseId } of claims) if (!taken.has(leaseId)) this.#leases.forget(leaseId);
    }
    if (jobs.length < claims.length) this.#again = true;
    await this.assign(
      claims.flatMap(({ leaseId }) => jobs.find(({ lease }) => lease.id === leaseId) ?? []),
      nodes,
    );
  }

  /** Sends leased jobs to their nodes; what cannot leave goes back to the queue. */
  async assign(jobs: ActiveJob[], nodes: OnlineNode[]): Promise<void> {
    const addresses = new Map(nodes.map(({ nodeId, address }) => [nodeId, address]));
    const masters = new Map(
      jobs.flatMap(({ gang, lease }) => (gang?.rank === 0 ? [[gang.id, lease.nodeId]] : [])),
    );
    for (const job of jobs) {
      const master = addresses.get(masters.get(job.gang?.id ?? '') ?? '') ?? '';
      if (this.#leases.assign(job, meetingOf(job, master))) {
        this.#log.debug({ job: job.id, node: job.lease.nodeId, attempt: job.attempt }, 'A job was assigned.');
        void this.#endings.announce({ job, events: [], released: [] });
      } else {
        this.pause(job.lease.nodeId);
        await this.#endings.lost(job.id, job.lease.id);
      }
    }
  }
}
