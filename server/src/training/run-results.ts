import { type JobEvent, ModelTask, trainedModelName } from '@hearth/contract';
import type {
  ActiveJob,
  Completion,
  JobHandler,
  JobRecord,
  NumberedEvent,
  Outcome,
} from '../jobs/jobs.types.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { ModelsService } from '../registry/models.service.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';
import type { Point, RunStatus } from '../tracking/tracking.types.ts';
import type { CheckpointsService } from './checkpoints.service.ts';
import { epochKeys } from './epoch-rows.ts';
import type { TrainingRepository } from './training.repository.ts';
import type { TrainingService } from './training.service.ts';

interface Needs {
  repository: TrainingRepository;
  training: TrainingService;
  models: ModelsService;
  tracking: TrackingService;
  checkpoints: CheckpointsService;
  live: LiveHub;
}

/** What becomes of a training job's events: points of its run, at the end a registered model, and news for watchers. */
export class RunResults implements JobHandler {
  readonly concerns = new Set<NumberedEvent['event']['type']>(['started', 'metrics', 'params', 'checkpoint']);
  readonly #repository: TrainingRepository;
  readonly #training: TrainingService;
  readonly #models: ModelsService;
  readonly #tracking: TrackingService;
  readonly #checkpoints: CheckpointsService;
  readonly #live: LiveHub;
  constructor({ repository, training, models, tracking, checkpoints, live }: Needs) {
    this.#repository = repository;
    this.#training = training;
    this.#models = models;
    this.#tracking = tracking;
    this.#checkpoints = checkpoints;
    this.#live = live;
  }

  async onEvents(tx: Transaction, job: ActiveJob, events: NumberedEvent[]): Promise<void> {
    const { sessionId, runId } = payloadOf(job);
    if (events.some(({ event }) => event.type === 'started'))
      await this.#tracking.setStatus(tx, runId, 'RUNNING', null);
    const points = pointsOf(events);
    if (points.length > 0) await this.#tracking.addPoints(tx, runId, points);
    const params = Object.assign(
      {},
      ...events.map(({ event }) => (event.type === 'params' ? event.params : {})),
    );
    if (Object.keys(params).length > 0) await this.#setParams(tx, runId, params);
    await this.#checkpoints.take(tx, sessionId, events);
  }

  /** A param keeps its first value: that a resumed run tells another one is no reason to end it. */
  async #setParams(tx: Transaction, runId: string, params: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(params))
      await tx
        .transaction((inner) => this.#tracking.setParams(inner, runId, { [name]: value }))
        .catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
        });
  }

  async onEnded(tx: Transaction, job: JobRecord, outcome: Outcome, at: Date): Promise<void> {
    if (!isFollower(job)) await this.#tracking.setStatus(tx, payloadOf(job).runId, statusOf[outcome], at);
  }

  async onCompleted(tx: Transaction, job: ActiveJob, { result, ...completion }: Completion): Promise<void> {
    if (isFollower(job)) return;
    const { sessionId, runId, config, dataset, program } = payloadOf(job);
    const artifacts = completion.artifacts.filter(({ format }) => format !== 'checkpoint');
    if (artifacts.length === 0)
      throw new AppError('model.unreadable', 'The run ended without handing in a model.');
    const known = ModelTask.safeParse(result.task);
    const modelName = trainedModelName(config);
    const version = await this.#models.register(tx, {
      modelName,
      task: known.success ? known.data : 'unknown',
      metadata: { architecture: config.model_architecture, ...result },
      lineageKind: 'run',
      sessionId,
      runId,
      codeDigest: program?.code.digest ?? null,
      datasetName: dataset.name,
      datasetSha256: dataset.sha256,
      source: null,
      createdBy: job.createdBy,
      artifacts,
    });
    await this.#repository.setModel(tx, sessionId, modelName, version);
  }

  async onChanged(job: JobRecord, events: NumberedEvent[]): Promise<void> {
    const { sessionId, runId } = payloadOf(job);
    const points = pointsOf(events);
    this.#tracking.tellPoints(runId, points);
    const isDone = job.state === 'finished' && job.outcome === 'completed';
    if (isDone || events.some(({ event }) => event.type === 'checkpoint'))
      await this.#checkpoints.trim(sessionId, isDone);
    const hasEpoch = points.some(({ key }) => epochKeys.includes(key));
    const isQuiet = events.length > 0 && events.every(({ event }) => quiet.has(event.type));
    if ((isQuiet && !hasEpoch) || !this.#live.hasSubscribers('runs')) return;
    this.#live.publish('runs', { type: 'run.updated', run: await this.#training.get(sessionId) });
    // Whoever waits has moved up.
    if (hasEpoch) return;
    const { items } = await this.#training.list(50, { status: 'queued' });
    for (const run of items) this.#live.publish('runs', { type: 'run.updated', run });
  }
}

/** Events that change nothing of a run's row by themselves. */
const quiet = new Set<JobEvent['type']>(['metrics', 'params', 'log', 'output']);
const statusOf: Record<Outcome, RunStatus> = { completed: 'FINISHED', failed: 'FAILED', stopped: 'KILLED' };

const pointsOf = (events: NumberedEvent[]): Point[] =>
  events.flatMap(({ event }) =>
    event.type === 'metrics'
      ? event.points.map(({ key, step, value }) => ({
          key,
          step,
          atMs: Date.parse(event.at),
          value: Number(value),
        }))
      : [],
  );

/** Of several jobs that train together the first one alone stands for the session. */
const isFollower = (job: JobRecord): boolean => (job.gang?.rank ?? 0) > 0;

function payloadOf({ id, payload }: JobRecord) {
  if (payload.kind !== 'training') throw new Error(`Job ${id} is no training.`);
  return payload;
}
