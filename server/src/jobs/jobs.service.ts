import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Job, JobKind, JobLogLine, JobState } from '@hearth/contract';
import { z } from 'zod';
import type { LinksService } from '../nodes/links.service.ts';
import type { JobCaller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import { tokenDigest } from '../platform/tokens.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { DispatchService } from './dispatch.service.ts';
import type { EndingsService } from './endings.service.ts';
import { asJob } from './job.ts';
import type { JobsRepository, NewJob } from './jobs.repository.ts';
import type { JobHandler, JobRecord } from './jobs.types.ts';

export type JobOrder = Omit<NewJob, 'id' | 'createdAt'>;
export type JobView = Job;
const proofMs = 10_000;

/** The one queue of work for nodes. */
export class JobsService {
  readonly #repository: JobsRepository;
  readonly #endings: EndingsService;
  readonly #dispatch: DispatchService;
  readonly #links: LinksService;
  readonly #blobs: BlobsService;
  readonly #clock: Clock;
  constructor(
    repository: JobsRepository,
    endings: EndingsService,
    dispatch: DispatchService,
    links: LinksService,
    blobs: BlobsService,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#endings = endings;
    this.#dispatch = dispatch;
    this.#links = links;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Says what becomes of a kind's events and results. */
  handle(kind: JobKind, handler: JobHandler): void {
    this.#endings.handle(kind, handler);
  }

  /** Queues a job inside the caller's transaction; after its commit the caller calls `dispatch`. */
  async enqueue(tx: Transaction, order: JobOrder): Promise<string> {
    const id = randomUUID();
    await this.#repository.add(tx, { ...order, id, createdAt: this.#clock() });
    return id;
  }

  /** Queues a job that stands for itself. */
  enqueueAlone(order: JobOrder): Promise<string> {
    return this.#repository.transaction((tx) => this.enqueue(tx, order));
  }

  /** Places what can be placed now. */
  dispatch(): Promise<void> {
    return this.#dispatch.dispatch();
  }

  async get(id: string): Promise<JobRecord> {
    const job = await this.#repository.find(id);
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

  newest(kind: JobKind, limit: number): Promise<JobRecord[]> {
    return this.#repository.list(limit, { kind });
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
    return this.#repository.logs(id, limit, after);
  }

  /**
   * Orders a stop. A queued job stops at once; a leased one when its node has proven that no process is left, for
   * which this waits a while. Answers how it stands then.
   */
  async cancel(id: string, waitMs = proofMs): Promise<'stopped' | 'ordered'> {
    const ended = this.#endings.waitFor(id, waitMs);
    const job = await this.#repository.transaction((tx) => this.#orderCancel(tx, id));
    if (job.state !== 'leased' && job.state !== 'running') {
      await this.#endings.announce({ jobId: id, events: [], released: [] });
      return 'stopped';
    }
    this.#links.send(job.lease.nodeId, { type: 'job.cancel', jobId: id, leaseId: job.lease.id });
    void this.#endings.announce({ jobId: id, events: [], released: [] });
    await ended;
    return (await this.get(id)).state === 'finished' ? 'stopped' : 'ordered';
  }

  /** Takes a job out of the queue; false when it is not in it. */
  async unqueue(id: string): Promise<boolean> {
    const isQueued = await this.#repository.transaction(async (tx) => {
      const job = await this.#repository.lock(tx, id);
      if (job?.state !== 'queued') return false;
      await this.#endings.finish(tx, job, { outcome: 'stopped', at: this.#clock() });
      return true;
    });
    if (isQueued) await this.#endings.announce({ jobId: id, events: [], released: [] });
    return isQueued;
  }

  async authenticate(token: string): Promise<JobCaller | undefined> {
    if (!token.startsWith('hj_')) return undefined;
    const job = await this.#repository.findByToken(tokenDigest(token));
    return job && { kind: 'job', id: job.id, name: job.title, leaseId: job.lease.id, permissions: [] };
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

  async #orderCancel(tx: Transaction, id: string): Promise<JobRecord> {
    const job = await this.#repository.lock(tx, id);
    if (!job) throw notFound(id);
    if (job.state === 'finished')
      throw new AppError('job.not_active', 'This job has ended already.', { outcome: job.outcome });
    if (job.state === 'queued')
      await this.#endings.finish(tx, job, { outcome: 'stopped', at: this.#clock() });
    else if (!job.cancelRequestedAt) await this.#repository.orderCancel(tx, id, this.#clock());
    return job;
  }
}

const notFound = (id: string) => new AppError('job.not_found', 'There is no such job.', { id });
