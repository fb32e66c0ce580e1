import type { Failure } from '@hearth/contract';
import type { AuditService } from '../identity/audit.service.ts';
import type { LinksService } from '../nodes/links.service.ts';
import type { Hello, NodeListener, WorkMessage } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { Gathering } from '../platform/gathering.ts';
import type { Log } from '../platform/log.ts';
import type { DispatchService } from './dispatch.service.ts';
import { type Aftermath, type EndingsService, finishedAs } from './endings.service.ts';
import { summarize } from './event-batch.ts';
import type { IntakeRepository } from './intake.repository.ts';
import { type Batch, type Delivery, isHolder, judge, type Work } from './intake-plan.ts';
import { counted, type JobKeeper } from './job-keeper.ts';
import type { JobsRepository } from './jobs.repository.ts';
import type { ActiveJob, JobRecord } from './jobs.types.ts';
import type { QuickIntake } from './quick-intake.ts';

type Claim = Pick<Batch, 'jobId' | 'leaseId'>;
type Answer = { kind: 'acked'; seq: number } | { kind: 'told' | 'ended' | 'foreign' };

/** What nodes say of their jobs: checked against the lease, applied once and in order, then acknowledged. */
export class IntakeService implements NodeListener {
  readonly #repository: JobsRepository;
  readonly #intake: IntakeRepository;
  readonly #keeper: JobKeeper;
  readonly #quick: QuickIntake;
  readonly #endings: EndingsService;
  readonly #dispatch: DispatchService;
  readonly #links: LinksService;
  readonly #audit: AuditService;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #deliveries: Gathering<Delivery, Answer>;
  constructor(
    repository: JobsRepository,
    intake: IntakeRepository,
    keeper: JobKeeper,
    quick: QuickIntake,
    endings: EndingsService,
    dispatch: DispatchService,
    links: LinksService,
    audit: AuditService,
    leaseMs: number,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#intake = intake;
    this.#keeper = keeper;
    this.#quick = quick;
    this.#endings = endings;
    this.#dispatch = dispatch;
    this.#links = links;
    this.#audit = audit;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
    this.#log = log;
    this.#deliveries = new Gathering((group) => this.#take(group));
  }

  /** Compares what the node holds with what it was given; what only one of them knows of is settled here. */
  async onHello(nodeId: string, hello: Hello) {
    const held = new Set(hello.jobs.map(({ leaseId }) => leaseId));
    const known = await this.#repository.activeOn(nodeId);
    for (const job of known) if (!held.has(job.lease.id)) await this.#endings.lost(job.id, job.lease.id);
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
    else if (message.type === 'job.events')
      this.#answer(nodeId, message, await this.#deliveries.add({ nodeId, batch: message }));
    else if (message.type === 'job.refused') await this.#refused(nodeId, message, message.reason);
  }

  /** A reading that is no number would be sent again for ever; the run cannot go on from here. */
  async onBrokenEvents(nodeId: string, claim: Claim, reason: string): Promise<void> {
    const message = `The machine reported something that cannot be read: ${reason}`;
    const aftermaths = await this.#repository.transaction(async (tx) => {
      const job = (await this.#intake.lock(tx, [claim.jobId])).get(claim.jobId);
      if (!isHolder(job, nodeId, claim.leaseId)) return undefined;
      const error: Failure = { code: 'job.unreadable_report', message, details: {} };
      return this.#endings.finish(tx, job, { outcome: 'failed', error, at: this.#clock() });
    });
    this.#answer(nodeId, claim, { kind: aftermaths ? 'ended' : 'foreign' });
    for (const aftermath of aftermaths ?? []) void this.#endings.announce(aftermath);
  }

  /** One transaction for what came together, of however many jobs and nodes. */
  async #take(deliveries: Delivery[]): Promise<Answer[]> {
    const quick = await this.#quick.take(deliveries);
    if (!quick) return this.#takeThoroughly(deliveries);
    for (const aftermath of quick.aftermaths) void this.#endings.announce(aftermath);
    return quick.verdicts.map((verdict) =>
      verdict.kind === 'work' ? { kind: 'acked', seq: verdict.work.ackedSeq } : verdict,
    );
  }

  async #takeThoroughly(deliveries: Delivery[]): Promise<Answer[]> {
    const ids = [...new Set(deliveries.map(({ batch }) => batch.jobId))];
    const { answers, aftermaths } = await this.#repository.transaction(async (tx) => {
      const verdicts = judge(await this.#intake.lock(tx, ids), deliveries);
      const works = verdicts.flatMap((verdict) => (verdict.kind === 'work' ? verdict.work : []));
      const fresh = works.filter(({ events }) => events.length > 0);
      const aftermaths = fresh.length === 0 ? [] : await this.#apply(tx, fresh);
      const failed = new Set(aftermaths.filter(({ isRefused }) => isRefused).map(({ job }) => job.id));
      const answers = verdicts.map((verdict): Answer => {
        if (verdict.kind !== 'work') return verdict;
        const { job, ackedSeq } = verdict.work;
        return failed.has(job.id) ? { kind: 'ended' } : { kind: 'acked', seq: ackedSeq };
      });
      return { answers, aftermaths };
    });
    for (const aftermath of aftermaths) void this.#endings.announce(aftermath);
    return answers;
  }

  async #apply(tx: Transaction, works: Work[]): Promise<(Aftermath & { isRefused?: boolean })[]> {
    const kept = await this.#keeper.keep(tx, works);
    const ends: (Aftermath & { isRefused?: boolean })[] = [];
    for (const work of works) {
      const { finished } = summarize(work.events);
      const job = { ...counted(work), kept: kept.get(work.job.id) ?? work.job.kept };
      const failure = await this.#effects(tx, job, work);
      if (failure) {
        const end = { outcome: 'failed' as const, error: failure, at: this.#clock() };
        ends.push({ job: finishedAs(job, end), events: [], released: [], isRefused: true });
      } else {
        const end =
          finished && (await this.#endings.conclude(tx, job, { ...finished, at: new Date(finished.at) }));
        const after: JobRecord = end ? finishedAs(job, end) : job;
        ends.push({ job: after, events: work.events, released: [] });
      }
    }
    return this.#endings.store(tx, ends);
  }

  async #effects(tx: Transaction, job: ActiveJob, { events }: Work) {
    const handler = this.#endings.handlerOf(job.kind);
    const concerns = handler?.concerns;
    const isConcerned = !concerns || events.some(({ event }) => concerns.has(event.type));
    if (!handler?.onEvents || !isConcerned) return undefined;
    return this.#endings.guarded(tx, job, (inner) => handler.onEvents!(inner, job, events));
  }

  #answer(nodeId: string, { jobId, leaseId }: Claim, answer: Answer): void {
    if (answer.kind === 'told') return;
    if (answer.kind === 'acked')
      return void this.#links.send(nodeId, { type: 'job.ack', jobId, leaseId, seq: answer.seq });
    this.#links.send(nodeId, { type: 'job.drop', jobId, leaseId });
    if (answer.kind === 'ended') return;
    const message = 'This lease is not, or no longer, yours.';
    this.#links.send(nodeId, { type: 'problem', code: 'job.foreign_lease', message });
    const entry = { actor: `node ${nodeId}`, action: 'job.foreign_lease', target: jobId, success: false };
    this.#audit.record({ ...entry, details: { leaseId } });
  }

  async #refused(nodeId: string, { jobId, leaseId }: Claim, reason: string): Promise<void> {
    const isRefusable = (job: ActiveJob) => isHolder(job, nodeId, leaseId) && job.ackedSeq === 0;
    // Before it is offered again: this node gets nothing for a while.
    this.#dispatch.pause(nodeId);
    if (await this.#endings.lost(jobId, leaseId, isRefusable))
      this.#log.info({ job: jobId, node: nodeId, reason }, 'A node refused a job.');
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
