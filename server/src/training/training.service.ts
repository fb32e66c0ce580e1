import type {
  JobLogLine,
  JobState,
  TrainingConfig,
  TrainingLog,
  TrainingMetrics,
  TrainingRun,
} from '@hearth/contract';
import { z } from 'zod';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import type { DatasetsService } from '../registry/datasets.service.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';
import type { AttemptsRepository } from './attempts.repository.ts';
import type { CheckpointsService } from './checkpoints.service.ts';
import type { EpochsService } from './epochs.service.ts';
import { asRun, asSession } from './run-view.ts';
import type { StartService } from './start.service.ts';
import type { RunRow, TrainingRepository } from './training.repository.ts';

interface Needs {
  repository: TrainingRepository;
  attempts: AttemptsRepository;
  checkpoints: CheckpointsService;
  starts: StartService;
  epochs: EpochsService;
  tracking: TrackingService;
  jobs: JobsService;
  datasets: DatasetsService;
  nodes: NodesService;
  live: LiveHub;
}

/** Training runs: ordering them, stopping them, and telling how they stand. */
export class TrainingService {
  readonly #repository: TrainingRepository;
  readonly #attempts: AttemptsRepository;
  readonly #checkpoints: CheckpointsService;
  readonly #starts: StartService;
  readonly #epochs: EpochsService;
  readonly #tracking: TrackingService;
  readonly #jobs: JobsService;
  readonly #nodes: NodesService;
  readonly #live: LiveHub;
  constructor(needs: Needs) {
    const { repository, datasets } = needs;
    this.#repository = repository;
    this.#attempts = needs.attempts;
    this.#checkpoints = needs.checkpoints;
    this.#starts = needs.starts;
    this.#epochs = needs.epochs;
    this.#tracking = needs.tracking;
    this.#jobs = needs.jobs;
    this.#nodes = needs.nodes;
    this.#live = needs.live;
    datasets.refuseDeletionWhen(async (tx, name) =>
      (await repository.unfinishedOn(tx, name)).map(({ sessionId, state }) => ({
        kind: 'run',
        id: sessionId,
        name: sessionId,
        state: state === 'queued' ? 'queued' : 'running',
      })),
    );
  }

  async start(config: TrainingConfig, createdBy: string): Promise<TrainingRun> {
    return this.#announced(await this.#starts.start(config, createdBy));
  }

  /** Goes on with a session that was stopped or has failed. */
  async resume(sessionId: string, fromStart: boolean, createdBy: string): Promise<TrainingRun> {
    await this.#starts.resume(sessionId, fromStart, createdBy);
    return this.#announced(sessionId);
  }

  async #announced(sessionId: string): Promise<TrainingRun> {
    const run = await this.get(sessionId);
    this.#live.publish('runs', { type: 'run.updated', run });
    return run;
  }

  async stop(sessionId: string): Promise<'stopped' | 'ordered'> {
    const { jobId } = await this.#row(sessionId);
    try {
      return await this.#jobs.cancel(jobId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'job.not_active')
        throw new AppError('training.not_active', 'This run has ended already.', error.details);
      throw error;
    }
  }

  async unqueue(sessionId: string): Promise<void> {
    const row = await this.#repository.find(sessionId);
    if (!row || !(await this.#jobs.unqueue(row.jobId)))
      throw new AppError('training.not_queued', 'There is no such run in the queue.', {
        session_id: sessionId,
      });
  }

  async get(sessionId: string): Promise<TrainingRun> {
    const [run] = await this.#around([await this.#row(sessionId)]);
    return run!;
  }

  async list(
    limit: number,
    filter: { cursor?: string; status?: JobState; search?: string },
  ): Promise<Page<TrainingRun>> {
    const { cursor, ...wanted } = filter;
    const before = readCursor(z.number(), cursor);
    const rows = await this.#repository.list(limit + 1, {
      ...wanted,
      ...(before === undefined ? {} : { before }),
    });
    const page = toPage(
      rows,
      limit,
      ({ arrival }) => arrival,
      (row) => row,
    );
    return { ...page, items: await this.#around(page.items) };
  }

  async sessions(limit: number, offset: number) {
    return this.#asSessions(await this.#repository.page(limit, offset));
  }

  async queue() {
    const queued = await this.#jobs.queue('training');
    const rows = await this.#repository.findByJobs(queued.map(({ id }) => id));
    const byJob = new Map(rows.map((row) => [row.jobId, row]));
    return this.#asSessions(queued.flatMap(({ id }) => byJob.get(id) ?? []));
  }

  async epochs(sessionId: string): Promise<TrainingMetrics[]> {
    await this.#row(sessionId);
    return this.#epochs.list(sessionId);
  }

  async lastEpoch(sessionId: string): Promise<TrainingMetrics | null> {
    await this.#row(sessionId);
    return (await this.#epochs.last([sessionId])).get(sessionId) ?? null;
  }

  /** The newest lines of all attempts, oldest first. */
  async logs(sessionId: string, limit: number): Promise<TrainingLog[]> {
    const { jobId } = await this.#row(sessionId);
    const attempts = await this.#attempts.jobsOf(sessionId);
    const found: JobLogLine[] = [];
    for (const id of attempts.length > 0 ? attempts : [jobId]) {
      if (found.length >= limit) break;
      found.unshift(...(await this.#jobs.logs(id, limit - found.length)));
    }
    return found.map(({ at, level, message }) => ({ session_id: sessionId, timestamp: at, level, message }));
  }

  async #row(sessionId: string): Promise<RunRow> {
    const row = await this.#repository.find(sessionId);
    if (!row) throw new AppError('training.not_found', 'There is no such run.', { session_id: sessionId });
    return row;
  }

  async #asSessions(rows: RunRow[]) {
    const jobs = await this.#jobs.views(rows.map(({ jobId }) => jobId));
    return rows.flatMap((row) => {
      const job = jobs.get(row.jobId);
      return job ? [asSession(row, job)] : [];
    });
  }

  async #around(rows: RunRow[]): Promise<TrainingRun[]> {
    const sessionIds = rows.map(({ sessionId }) => sessionId);
    const [jobs, last, runIds, attempts, checkpoints, nodes] = await Promise.all([
      this.#jobs.views(rows.map(({ jobId }) => jobId)),
      this.#epochs.last(sessionIds),
      this.#tracking.idsOfSessions(sessionIds),
      this.#attempts.counts(sessionIds),
      this.#checkpoints.newest(sessionIds),
      this.#nodes.capabilities(),
    ]);
    const isAnyQueued = jobs.values().some(({ state }) => state === 'queued');
    const queue = isAnyQueued ? await this.#jobs.queue('training') : [];
    const places = new Map(queue.map(({ id }, index) => [id, index + 1]));
    const names = new Map(nodes.map(({ nodeId, name }) => [nodeId, name]));
    return rows.flatMap((row) => {
      const job = jobs.get(row.jobId);
      const runId = runIds.get(row.sessionId);
      if (!job || !runId) return [];
      const nodeName = names.get(job.node_id ?? '');
      return [
        asRun(row, {
          job,
          runId,
          attempt: attempts.get(row.sessionId) ?? 1,
          checkpoint: checkpoints.get(row.sessionId),
          last: last.get(row.sessionId),
          queuePosition: places.get(row.jobId),
          nodeName,
        }),
      ];
    });
  }
}
