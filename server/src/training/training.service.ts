import { randomBytes } from 'node:crypto';
import type { JobState, TrainingConfig, TrainingLog, TrainingMetrics, TrainingRun } from '@hearth/contract';
import { z } from 'zod';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import type { DatasetsService } from '../registry/datasets.service.ts';
import type { NewRun, TrackingService } from '../tracking/tracking.service.ts';
import { architectures, unsuitedBecause } from './architectures.ts';
import type { EpochsService } from './epochs.service.ts';
import { asRun, asSession } from './run-view.ts';
import type { RunRow, TrainingRepository } from './training.repository.ts';

/** Training runs: ordering them, stopping them, and telling how they stand. */
export class TrainingService {
  readonly #repository: TrainingRepository;
  readonly #jobs: JobsService;
  readonly #datasets: DatasetsService;
  readonly #nodes: NodesService;
  readonly #tracking: TrackingService;
  readonly #epochs: EpochsService;
  readonly #live: LiveHub;
  readonly #clock: Clock;
  constructor(
    repository: TrainingRepository,
    jobs: JobsService,
    datasets: DatasetsService,
    nodes: NodesService,
    tracking: TrackingService,
    epochs: EpochsService,
    live: LiveHub,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#jobs = jobs;
    this.#datasets = datasets;
    this.#nodes = nodes;
    this.#tracking = tracking;
    this.#epochs = epochs;
    this.#live = live;
    this.#clock = clock;
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
    const architecture = architectures.find(({ name }) => name === config.model_architecture);
    if (!architecture)
      throw new AppError(
        'training.unknown_architecture',
        `There is no architecture ${config.model_architecture}.`,
        {
          known: architectures.map(({ name }) => name),
        },
      );
    const sessionId = `sess_${randomBytes(6).toString('hex')}`;
    await this.#repository.transaction(async (tx) => {
      const dataset = await this.#datasets.use(tx, config.dataset_name);
      const reason = unsuitedBecause(architecture, dataset, config);
      if (reason) throw new AppError('training.unsuited', reason);
      const { runId } = await this.#tracking.createRun(tx, trackedRun(sessionId, config, createdBy));
      const jobId = await this.#jobs.enqueue(tx, {
        kind: 'training',
        title: `${architecture.name} on ${dataset.name}`,
        priority: config.priority ?? 0,
        payload: { kind: 'training', sessionId, config, dataset, runId, program: null, resume: null },
        createdBy,
      });
      const { name: datasetName, sha256: datasetSha256 } = dataset;
      const run = {
        sessionId,
        jobId,
        config,
        datasetName,
        datasetSha256,
        createdBy,
        createdAt: this.#clock(),
      };
      await this.#repository.add(tx, run);
    });
    await this.#jobs.dispatch();
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

  async logs(sessionId: string, limit: number): Promise<TrainingLog[]> {
    const { jobId } = await this.#row(sessionId);
    const lines = await this.#jobs.logs(jobId, limit);
    return lines.map(({ at, level, message }) => ({ session_id: sessionId, timestamp: at, level, message }));
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
    const [jobs, last, runIds, nodes] = await Promise.all([
      this.#jobs.views(rows.map(({ jobId }) => jobId)),
      this.#epochs.last(sessionIds),
      this.#tracking.idsOfSessions(sessionIds),
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
          last: last.get(row.sessionId),
          queuePosition: places.get(row.jobId),
          nodeName,
        }),
      ];
    });
  }
}

/** The run that a session's metrics, params and files belong to. */
const trackedRun = (sessionId: string, config: TrainingConfig, createdBy: string): NewRun => ({
  experiment: { name: config.experiment ?? 'Default' },
  name: `${config.model_architecture} on ${config.dataset_name}`,
  status: 'SCHEDULED',
  params: configParams(config),
  tags: { 'hearth.session_id': sessionId, 'mlflow.source.name': config.model_architecture },
  sessionId,
  createdBy,
});

/** The configuration as params: what differs between two runs can then be searched and compared. */
const configParams = ({ options = {}, ...config }: TrainingConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...config, ...options }).map(([name, value]) => [name, String(value).slice(0, 6000)]),
  );
