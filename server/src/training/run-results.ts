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
import { epochKeys } from './epoch-rows.ts';
import type { TrainingRepository } from './training.repository.ts';
import type { TrainingService } from './training.service.ts';

/** What becomes of a training job's events: points of its run, at the end a registered model, and news for watchers. */
export class RunResults implements JobHandler {
  readonly #repository: TrainingRepository;
  readonly #training: TrainingService;
  readonly #models: ModelsService;
  readonly #tracking: TrackingService;
  readonly #live: LiveHub;
  constructor(
    repository: TrainingRepository,
    training: TrainingService,
    models: ModelsService,
    tracking: TrackingService,
    live: LiveHub,
  ) {
    this.#repository = repository;
    this.#training = training;
    this.#models = models;
    this.#tracking = tracking;
    this.#live = live;
  }

  async onEvents(tx: Transaction, job: ActiveJob, events: NumberedEvent[]): Promise<void> {
    const { runId } = payloadOf(job);
    if (events.some(({ event }) => event.type === 'started'))
      await this.#tracking.setStatus(tx, runId, 'RUNNING', null);
    const points = pointsOf(events);
    if (points.length > 0) await this.#tracking.addPoints(tx, runId, points);
    const params = Object.assign(
      {},
      ...events.map(({ event }) => (event.type === 'params' ? event.params : {})),
    );
    if (Object.keys(params).length > 0) await this.#tracking.setParams(tx, runId, params);
  }

  async onEnded(tx: Transaction, job: JobRecord, outcome: Outcome, at: Date): Promise<void> {
    await this.#tracking.setStatus(tx, payloadOf(job).runId, statusOf[outcome], at);
  }

  async onCompleted(tx: Transaction, job: ActiveJob, { result, artifacts }: Completion): Promise<void> {
    const { sessionId, config, dataset } = payloadOf(job);
    if (artifacts.length === 0)
      throw new AppError('model.unreadable', 'The run ended without handing in a model.');
    const known = ModelTask.safeParse(result.task);
    const fallback = config.model_architecture === 'tiny-llama' ? 'text-generation' : 'classification';
    const modelName = trainedModelName(config);
    const version = await this.#models.register(tx, {
      modelName,
      task: known.success ? known.data : fallback,
      metadata: { architecture: config.model_architecture, ...result },
      lineageKind: 'run',
      sessionId,
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

function payloadOf({ id, payload }: JobRecord) {
  if (payload.kind !== 'training') throw new Error(`Job ${id} is no training.`);
  return payload;
}
