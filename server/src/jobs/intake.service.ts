import type { AgentMessage } from '@hearth/contract';
import type { AuditService } from '../identity/audit.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { Hello, NodeListener, WorkMessage } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { DispatchService } from './dispatch.service.ts';
import { type EndingsService, guarded } from './endings.service.ts';
import { newEvents, summarize } from './event-batch.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob, JobRecord, NumberedEvent } from './jobs.types.ts';

type Batch = Extract<AgentMessage, { type: 'job.events' }>;
type Claim = Pick<Batch, 'jobId' | 'leaseId'>;
type Applied =
  | { kind: 'acked'; seq: number; events: NumberedEvent[]; released: string[] }
  | { kind: 'ended'; released: string[] }
  | { kind: 'foreign' };

/** What nodes say of their jobs: checked against the lease, applied once and in order, then acknowledged. */
export class IntakeService implements NodeListener {
  readonly #repository: JobsRepository;
  readonly #endings: EndingsService;
  readonly #dispatch: DispatchService;
  readonly #links: LinksService;
  readonly #audit: AuditService;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  constructor(
    repository: JobsRepository,
    endings: EndingsService,
    dispatch: DispatchService,
    links: LinksService,
    audit: AuditService,
    leaseMs: number,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#endings = endings;
    this.#dispatch = dispatch;
    this.#links = links;
    this.#audit = audit;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
    this.#log = log;
  }

  /** Compares what the node holds with what it was given; what only one of them knows of is settled here. */
  async onHello(nodeId: string, hello: Hello) {
    const held = new Set(hello.jobs.map(({ leaseId }) => leaseId));
    const known = await this.#repository.activeOn(nodeId);
    for (const job of known) if (!held.has(job.lease.id)) await this.#giveUp(job.id, job.lease.id);
    const kept = known.filter((job) => held.has(job.lease.id));
    await this.#renew(
      nodeId,
      kept.map((job) => job.lease.id),
    );
    return {
      jobs: kept.map(({ id, lease, ackedSeq, cancelRequestedAt }) => ({
        jobId: id,
        leaseId: lease.id,
        ackedSeq,
        cancel: cancelRequestedAt !== null,
      })),
    };
  }

  onOnline(): void {
    void this.#dispatch.dispatch();
  }

  async onMessage(nodeId: string, message: WorkMessage): Promise<void> {
    if (message.type === 'heartbeat') await this.#renewByHeartbeat(nodeId, message.leases);
    else if (message.type === 'job.events') await this.#take(nodeId, message);
    else if (message.type === 'job.refused') await this.#refused(nodeId, message, message.reason);
  }

  /** A reading that is no number would be sent again for ever; the run cannot go on from here. */
  async onBrokenEvents(nodeId: string, claim: Claim, reason: string): Promise<void> {
    const message = `The machine reported something that cannot be read: ${reason}`;
    const applied = await this.#repository.transaction(async (tx): Promise<Applied> => {
      const job = await this.#repository.lock(tx, claim.jobId);
      if (!isHolder(job, nodeId, claim.leaseId)) return { kind: 'foreign' };
      const error = { code: 'request.invalid', message };
      return { kind: 'ended', released: await this.#end(tx, job, error) };
    });
    await this.#answer(nodeId, claim, applied);
  }

  /** A lease nobody works on any more: a job that never started waits again, one that did has failed. */
  async #giveUp(jobId: string, leaseId: string): Promise<void> {
    const released = await this.#repository.transaction(async (tx) => {
      const job = await this.#repository.lock(tx, jobId);
      if (!job || (job.state !== 'leased' && job.state !== 'running') || job.lease.id !== leaseId) return [];
      return settleLost(tx, job, this.#repository, this.#endings, this.#clock());
    });
    await this.#endings.announce({ jobId, events: [], released });
  }

  async #take(nodeId: string, batch: Batch): Promise<void> {
    const applied = await this.#repository.transaction((tx) => this.#apply(tx, nodeId, batch));
    await this.#answer(nodeId, batch, applied);
  }

  async #apply(tx: Transaction, nodeId: string, batch: Batch): Promise<Applied> {
    const job = await this.#repository.lock(tx, batch.jobId);
    // Its end is known already: the acknowledgement was lost on the way.
    if (job?.state === 'finished' && job.leaseId === batch.leaseId && job.nodeId === nodeId)
      return { kind: 'ended', released: [] };
    if (!isHolder(job, nodeId, batch.leaseId)) return { kind: 'foreign' };
    const events = newEvents(job.ackedSeq, batch.firstSeq, batch.events);
    const seq = events.at(-1)?.seq ?? job.ackedSeq;
    if (events.length === 0) return { kind: 'acked', seq, events, released: [] };
    const { startedAt, progress, logs, finished } = summarize(events);
    const started = job.startedAt ?? startedAt ?? null;
    const state = started ? 'running' : job.state;
    await this.#repository.progress(tx, job.id, {
      ackedSeq: seq,
      startedAt: started ?? undefined,
      progress,
      state,
    });
    const handler = this.#endings.handlerOf(job.kind);
    const failure = await guarded(tx, this.#log, job, async (inner) => {
      await this.#repository.addLogs(inner, job.id, logs);
      await handler?.onEvents?.(inner, job, events);
    });
    if (failure) return { kind: 'ended', released: await this.#end(tx, job, failure) };
    const released = finished
      ? await this.#endings.finish(tx, job, { ...finished, at: new Date(finished.at) })
      : [];
    return { kind: 'acked', seq, events, released };
  }

  #end(tx: Transaction, job: ActiveJob, error: { code: string; message: string }): Promise<string[]> {
    return this.#endings.finish(tx, job, { outcome: 'failed', error, at: this.#clock() });
  }

  async #answer(nodeId: string, { jobId, leaseId }: Claim, applied: Applied): Promise<void> {
    if (applied.kind === 'acked') {
      this.#links.send(nodeId, { type: 'job.ack', jobId, leaseId, seq: applied.seq });
      if (applied.events.length > 0) void this.#endings.announce({ jobId, ...applied });
      return;
    }
    this.#links.send(nodeId, { type: 'job.drop', jobId, leaseId });
    if (applied.kind === 'ended') return void this.#endings.announce({ jobId, events: [], ...applied });
    const message = 'This lease is not, or no longer, yours.';
    this.#links.send(nodeId, { type: 'problem', code: 'job.foreign_lease', message });
    const entry = { actor: `node ${nodeId}`, action: 'job.foreign_lease', target: jobId, success: false };
    this.#audit.record({ ...entry, details: { leaseId } });
  }

  async #refused(nodeId: string, claim: Claim, reason: string): Promise<void> {
    const isReleased = await this.#repository.transaction(async (tx) => {
      const job = await this.#repository.lock(tx, claim.jobId);
      if (!isHolder(job, nodeId, claim.leaseId) || job.ackedSeq > 0) return false;
      await settleLost(tx, job, this.#repository, this.#endings, this.#clock());
      return true;
    });
    if (!isReleased) return;
    this.#log.info({ job: claim.jobId, node: nodeId, reason }, 'A node refused a job.');
    this.#dispatch.pause(nodeId);
    await this.#endings.announce({ jobId: claim.jobId, events: [], released: [] });
  }

  /** A database that is away for a moment is no reason to part from the node: leases are long, heartbeats many. */
  async #renewByHeartbeat(nodeId: string, leases: string[]): Promise<void> {
    try {
      await this.#renew(nodeId, leases);
    } catch (err) {
      this.#log.warn({ err, node: nodeId }, 'Leases could not be renewed just now.');
    }
  }

  async #renew(nodeId: string, leases: string[]): Promise<void> {
    const now = this.#clock().getTime();
    const aged = new Date(now + this.#leaseMs * 0.9);
    await this.#repository.renew(nodeId, leases, new Date(now + this.#leaseMs), aged);
  }
}

function isHolder(job: JobRecord | undefined, nodeId: string, leaseId: string): job is ActiveJob {
  const isActive = job?.state === 'leased' || job?.state === 'running';
  return isActive && job.lease.nodeId === nodeId && job.lease.id === leaseId;
}

/** What becomes of a job whose node has nothing to show for it; an order to stop is then fulfilled or lost with it. */
export async function settleLost(
  tx: Transaction,
  job: ActiveJob,
  repository: JobsRepository,
  endings: EndingsService,
  at: Date,
): Promise<string[]> {
  const neverStarted = job.state === 'leased' && job.ackedSeq === 0;
  if (neverStarted && job.cancelRequestedAt) return endings.finish(tx, job, { outcome: 'stopped', at });
  if (neverStarted) {
    await repository.release(tx, job.id);
    return [];
  }
  const message = 'The machine that worked on this was lost, or came back without the work.';
  return endings.finish(tx, job, { outcome: 'failed', error: { code: 'job.node_lost', message }, at });
}
