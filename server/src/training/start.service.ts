import { randomBytes } from 'node:crypto';
import type { TrainingConfig, TrainingPayload } from '@hearth/contract';
import type { JobsService } from '../jobs/jobs.service.ts';
import type { JobRecord } from '../jobs/jobs.types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService } from '../registry/blobs.service.ts';
import type { DatasetsService } from '../registry/datasets.service.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';
import { unsuitedBecause } from './architectures.ts';
import type { AttemptsRepository } from './attempts.repository.ts';
import { asResume, type CheckpointsService } from './checkpoints.service.ts';
import { settleOptions } from './recipe-options.ts';
import type { RecipesService } from './recipes.service.ts';
import type { TrainingRepository } from './training.repository.ts';
import { jobOrders, trackedRun } from './training-orders.ts';

interface Needs {
  repository: TrainingRepository;
  attempts: AttemptsRepository;
  checkpoints: CheckpointsService;
  recipes: RecipesService;
  jobs: JobsService;
  datasets: DatasetsService;
  blobs: BlobsService;
  tracking: TrackingService;
  clock: Clock;
}

/** Begins sessions, and goes on with those that were stopped or have failed. */
export class StartService {
  readonly #needs: Needs;
  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Stores a session with its tracked run and its jobs; answers its id. */
  async start(given: TrainingConfig, createdBy: string): Promise<string> {
    const { repository, recipes, datasets, tracking, clock, jobs } = this.#needs;
    const { architecture, program } = await recipes.require(given.model_architecture);
    const config = withOptions(given, settleOptions(architecture.options, given.options));
    const sessionId = `sess_${randomBytes(6).toString('hex')}`;
    await repository.transaction(async (tx) => {
      const dataset = await datasets.use(tx, config.dataset_name);
      const reason = unsuitedBecause(architecture, dataset, config);
      if (reason) throw new AppError('training.unsuited', reason);
      const source =
        config.resume_from && (await this.#checkpointOf(tx, config.resume_from, architecture.name));
      const { runId } = await tracking.createRun(tx, trackedRun(sessionId, config, createdBy));
      const payload: TrainingPayload = {
        kind: 'training',
        sessionId,
        config,
        dataset,
        runId,
        program,
        resume: source ? asResume({ ...source, epoch: 0 }) : null,
      };
      const jobId = await this.#enqueue(tx, payload, createdBy);
      const { name: datasetName, sha256: datasetSha256 } = dataset;
      const createdAt = clock();
      const codeDigest = program?.code.digest ?? null;
      const row = { sessionId, jobId, config, datasetName, datasetSha256, codeDigest, createdBy, createdAt };
      await repository.add(tx, row);
      await this.#needs.attempts.add(tx, {
        sessionId,
        attempt: 1,
        jobId,
        fromEpoch: 0,
        createdBy,
        createdAt,
      });
      if (source) await this.#needs.checkpoints.adopt(tx, sessionId, source, createdAt);
    });
    await jobs.dispatch();
    return sessionId;
  }

  /**
   * Queues a further attempt at a session that has ended without a model: from its newest checkpoint, or from the
   * start where that is wanted. Throws `training.not_resumable`.
   */
  async resume(sessionId: string, fromStart: boolean, createdBy: string): Promise<void> {
    const { repository, attempts, checkpoints, clock, jobs } = this.#needs;
    await repository.transaction(async (tx) => {
      const row = await attempts.lock(tx, sessionId);
      if (!row) throw new AppError('training.not_found', 'There is no such run.', { session_id: sessionId });
      // All by this one connection: others that wait for the lock may hold every other.
      const job = await jobs.get(row.jobId, tx);
      const { payload } = requireEnded(job);
      const checkpoint = fromStart ? undefined : await checkpoints.find(tx, sessionId);
      if (!fromStart && !checkpoint)
        throw notResumable('This run has left no checkpoint; it can only begin again from the start.');
      const next = { ...payload, dataset: await this.#sameData(tx, payload) };
      const resume = checkpoint ? asResume(checkpoint) : null;
      const jobId = await this.#enqueue(tx, { ...next, resume }, createdBy);
      const fromEpoch = checkpoint?.epoch ?? 0;
      await attempts.next(tx, { sessionId, jobId, fromEpoch, createdBy, createdAt: clock() });
    });
    await jobs.dispatch();
  }

  /** Answers the job that stands for the session: the first of those that train together. */
  async #enqueue(tx: Transaction, payload: TrainingPayload, createdBy: string): Promise<string> {
    const { jobs } = this.#needs;
    const [first, ...others] = jobOrders(payload, createdBy);
    if (others.length === 0) return jobs.enqueue(tx, first!);
    const [id] = await jobs.enqueueGang(tx, [first!, ...others]);
    return id!;
  }

  async #checkpointOf(tx: Transaction, sessionId: string, architecture: string) {
    const { repository, checkpoints } = this.#needs;
    const other = await repository.find(sessionId, tx);
    if (!other) throw notResumable(`There is no run ${sessionId} to begin with.`);
    if (other.config.model_architecture !== architecture)
      throw notResumable(`${sessionId} trained ${other.config.model_architecture}, not ${architecture}.`);
    const found = await checkpoints.find(tx, sessionId);
    if (!found) throw notResumable(`${sessionId} has left no checkpoint to begin with.`);
    return found;
  }

  /** The very file the session began with, though the data set may have a newer version by now. */
  async #sameData(tx: Transaction, { dataset }: TrainingPayload): Promise<TrainingPayload['dataset']> {
    const now = await this.#needs.datasets.use(tx, dataset.name);
    if (now.sha256 === dataset.sha256) return dataset;
    await this.#needs.blobs.get(dataset.sha256, tx).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      throw notResumable(`${dataset.name} has changed, and what this run learned from is no longer there.`);
    });
    return dataset;
  }
}

/** What this run was told to do; throws where it has not ended, or has nothing left to do. */
function requireEnded(job: JobRecord): { payload: TrainingPayload } {
  if (job.payload.kind !== 'training') throw new Error(`Job ${job.id} is no training.`);
  if (job.state !== 'finished') throw notResumable('This run has not ended; there is nothing to resume.');
  if (job.outcome === 'completed')
    throw notResumable('This run has come to its end; there is nothing to resume.');
  return { payload: job.payload };
}

const withOptions = (config: TrainingConfig, options: NonNullable<TrainingConfig['options']>) =>
  Object.keys(options).length > 0 ? { ...config, options } : config;

const notResumable = (message: string) => new AppError('training.not_resumable', message);
