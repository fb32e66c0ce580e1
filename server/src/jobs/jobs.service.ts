import type { Readable } from 'node:stream';
import type { Job, JobKind, JobLogLine, JobState, OutputStream } from '@hearth/contract';
import { z } from 'zod';
import type { JobCaller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import type { Executor, Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import { tokenDigest } from '../platform/tokens.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { DispatchService } from './dispatch.service.ts';
import type { Aftermath, EndingsService } from './endings.service.ts';
import type { IntakeRepository } from './intake.repository.ts';
import { asJob } from './job.ts';
import type { EndedJob, JobRecordsService } from './job-records.service.ts';
import type { JobFilter, JobsRepository } from './jobs.repository.ts';
import type { JobHandler, JobRecord } from './jobs.types.ts';
import type { JobOrder, OrdersService, PlainOrder } from './orders.service.ts';

export type { PlainOrder };
export type JobView = Job;
const proofMs = 10_000;

/** The one queue of work for nodes. */
export class JobsService {
  readonly #repository: JobsRepository;
  readonly #intake: IntakeRepository;
  readonly #orders: OrdersService;
  readonly #records: JobRecordsService;
  readonly #endings: EndingsService;
  readonly #dispatch: DispatchService;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  constructor(
    repository: JobsRepository,
    intake: IntakeRepository,
    orders: OrdersService,
    records: JobRecordsService,
    endings: EndingsService,
    dispatch: DispatchService,
    blobs: BlobsService,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#intake = intake;
    this.#orders = orders;
    this.#records = records;
    this.#endings = endings;
    this.#dispatch = dispatch;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Says what becomes of a kind's events and results. */
  handle(kind: JobKind, handler: JobHandler): void {
    this.#endings.handle(kind, handler);
  }

  /** Queues a job inside the caller's transaction; after its commit the caller calls `dispatch`. */
  async enqueue(tx: Transaction, order: PlainOrder): Promise<string> {
    const [id] = await this.#orders.queue(tx, [order], false);
    return id!;
  }

  /**
   * The same for jobs that start together, each on a node of its own, or not at all; their ranks are in the order
   * given. One that does not complete stops the others. Answers their ids.
   */
  enqueueGang(tx: Transaction, orders: PlainOrder[]): Promise<string[]> {
    return this.#orders.queue(tx, orders, true);
  }

  /** Orders a job that stands for itself; it is on its way when this resolves, if a node has room. */
  async enqueueAlone(order: PlainOrder): Promise<string> {
    return (await this.#orders.alone(order))!;
  }

  /** The same unless another job with the same mutex has not ended yet; then undefined. */
  enqueueOnly(order: JobOrder & { mutex: string }): Promise<string | undefined> {
    return this.#orders.alone(order);
  }

  /** Waits for a job's end; rejects with the signal's reason when that comes first. */
  waitForEnd(id: string, signal?: AbortSignal): Promise<EndedJob> {
    return this.#records.ended(id, signal);
  }

  /** What is kept of a program's output. */
  output(id: string): Promise<Record<OutputStream, string>> {
    return this.#records.output(id);
  }

  /** Places what can be placed now. */
  dispatch(): Promise<void> {
    return this.#dispatch.dispatch();
  }

  async get(id: string, executor?: Executor): Promise<JobRecord> {
    const job = await this.#repository.find(id, executor);
    if (!job) throw notFound(id);
    return job;
  }

  /** A job as people see it. */
  readonly view = asJob;

  /** Jobs as people see them, by id. */
  async views(ids: string[]): Promise<Map<string, JobView>> {
    return new Map((await this.#repository.findMany(ids)).map((job) => [job.id, asJob(job)]));
  }

  /** Queued jobs of a kind in the order in which they will be taken. */
  queue(kind: JobKind): Promise<JobRecord[]> {
    return this.#repository.queue(kind);
  }

  find(id: string): Promise<JobRecord | undefined> {
    return this.#repository.find(id);
  }

  /** Newest first; those that arrived before one, or all. */
  records(limit: number, filter: JobFilter & { before?: number }): Promise<JobRecord[]> {
    return this.#repository.list(limit, filter);
  }

  /** The newest job of each mutex. */
  newestOfEach(filter: JobFilter): Promise<JobRecord[]> {
    return this.#repository.newestOfEach(filter);
  }

  async list(limit: number, cursor?: string, kind?: JobKind, state?: JobState): Promise<Page<Job>> {
    const before = readCursor(z.number(), cursor);
    const rows = await this.#repository.list(limit + 1, {
      ...(before === undefined ? {} : { before }),
      ...(kind ? { kind } : {}),
      ...(state ? { state } : {}),
    });
    return toPage(rows, limit, (job) => job.arrival, asJob);
  }

  async logs(id: string, limit: number, after?: number): Promise<JobLogLine[]> {
    return this.#records.logs(id, limit, after);
  }

  /**
   * Orders a stop. A queued job stops at once; a leased one when its node has proven that no process is left, for
   * which this waits a while. Answers how it stands then.
   */
  async cancel(id: string, waitMs = proofMs): Promise<'stopped' | 'ordered'> {
    const ended = this.#endings.endOf(id, AbortSignal.timeout(waitMs));
    const aftermaths = await this.#repository.transaction((tx) => this.#orderCancel(tx, id));
    for (const aftermath of aftermaths) void this.#endings.announce(aftermath);
    const isStopped = aftermaths.some(({ job }) => job.id === id && job.state === 'finished');
    return isStopped || (await ended) ? 'stopped' : 'ordered';
  }

  /** Takes a job out of the queue; false when it is not in it. */
  async unqueue(id: string): Promise<boolean> {
    const aftermaths = await this.#repository.transaction(async (tx) => {
      const job = (await this.#intake.lock(tx, [id])).get(id);
      if (job?.state !== 'queued') return [];
      return this.#endings.finish(tx, job, { outcome: 'stopped', at: this.#clock() });
    });
    for (const aftermath of aftermaths) await this.#endings.announce(aftermath);
    return aftermaths.length > 0;
  }

  async authenticate(token: string): Promise<JobCaller | undefined> {
    if (!token.startsWith('hj_')) return undefined;
    const job = await this.#repository.findByToken(tokenDigest(token));
    if (!job) return undefined;
    const { id, title: name, lease, payload } = job;
    const runId = payload.kind === 'training' ? payload.runId : undefined;
    return { kind: 'job', id, name, leaseId: lease.id, runId, permissions: [] };
  }

  /** Stores one of a job's results; sent twice, it is stored once. */
  async putArtifact(
    caller: JobCaller,
    jobId: string,
    { name, format, sha256 }: { name: string; format: string; sha256: string },
    body: Readable,
  ): Promise<{ sha256: string; size_bytes: number }> {
    const file = await this.#blobs.receive(body);
    if (file.sha256 !== sha256) {
      await this.#blobs.discard(file);
      throw new AppError('artifact.digest_mismatch', 'What arrived has another digest than announced.', {
        expected: sha256,
        received: file.sha256,
      });
    }
    const { sizeBytes } = file;
    const replaced = await this.#blobs.keep(file, async (tx) => {
      const job = await this.#repository.lock(tx, jobId);
      const isHeld = job?.state === 'leased' || job?.state === 'running';
      if (caller.id !== jobId || !isHeld || job.lease.id !== caller.leaseId)
        throw new AppError('job.foreign_lease', 'This job is not, or no longer, yours.');
      return this.#repository.putArtifact(tx, jobId, { name, format, sha256, sizeBytes });
    });
    if (replaced && replaced !== sha256) await this.#blobs.release([replaced]);
    return { sha256, size_bytes: sizeBytes };
  }

  async #orderCancel(tx: Transaction, id: string): Promise<Aftermath[]> {
    const job = (await this.#intake.lock(tx, [id])).get(id);
    if (!job) throw notFound(id);
    if (job.state === 'finished')
      throw new AppError('job.not_active', 'This job has ended already.', { outcome: job.outcome });
    const at = this.#clock();
    if (job.state === 'queued') return this.#endings.finish(tx, job, { outcome: 'stopped', at });
    if (!job.cancelRequestedAt) await this.#repository.orderStop(tx, [id], at);
    const ordered = { ...job, cancelRequestedAt: job.cancelRequestedAt ?? at };
    return [{ job: ordered, events: [], released: [] }];
  }
}

const notFound = (id: string) => new AppError('job.not_found', 'There is no such job.', { id });
