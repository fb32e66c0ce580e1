import {
  ModelTask,
  type StepPoint,
  type TrainingLog,
  type TrainingMetrics,
  trainedModelName,
} from '@hearth/contract';
import type { ActiveJob, Completion, JobHandler, JobRecord, NumberedEvent } from '../jobs/jobs.types.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { ModelsService } from '../registry/models.service.ts';
import type { TrainingRepository } from './training.repository.ts';
import { mostSteps, type TrainingService } from './training.service.ts';

/** What becomes of a training job's events: epochs and steps, at the end a registered model, and news for watchers. */
export class RunResults implements JobHandler {
  readonly #repository: TrainingRepository;
  readonly #training: TrainingService;
  readonly #models: ModelsService;
  readonly #live: LiveHub;
  constructor(
    repository: TrainingRepository,
    training: TrainingService,
    models: ModelsService,
    live: LiveHub,
  ) {
    this.#repository = repository;
    this.#training = training;
    this.#models = models;
    this.#live = live;
  }

  async onEvents(tx: Transaction, job: ActiveJob, events: NumberedEvent[]): Promise<void> {
    const { sessionId } = payloadOf(job);
    await this.#repository.addEpochs(
      tx,
      events.flatMap(({ event }) => {
        if (event.type !== 'epoch') return [];
        const { epoch, loss, accuracy, valLoss, valAccuracy, at } = event;
        return [{ sessionId, epoch, loss, accuracy, valLoss, valAccuracy, at: new Date(at) }];
      }),
    );
    await this.#repository.addSteps(
      tx,
      events.flatMap(({ event }) => {
        if (event.type !== 'step') return [];
        const { step, epoch, loss, at } = event;
        return [{ sessionId, step, epoch, loss, at: new Date(at) }];
      }),
    );
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
    const { sessionId } = payloadOf(job);
    this.#tellDetails(sessionId, events);
    if (job.state === 'finished') await this.#repository.thinSteps(sessionId, mostSteps);
    const isQuiet =
      events.length > 0 && events.every(({ event }) => event.type === 'step' || event.type === 'log');
    if (isQuiet || !this.#live.hasSubscribers('runs')) return;
    this.#live.publish('runs', { type: 'run.updated', run: await this.#training.get(sessionId) });
    // Whoever waits has moved up.
    if (events.some(({ event }) => event.type === 'epoch')) return;
    const { items } = await this.#training.list(50, { status: 'queued' });
    for (const run of items) this.#live.publish('runs', { type: 'run.updated', run });
  }

  #tellDetails(session_id: string, events: NumberedEvent[]): void {
    const topic = `run:${session_id}` as const;
    if (events.length === 0 || !this.#live.hasSubscribers(topic)) return;
    const rows: TrainingMetrics[] = [];
    const points: StepPoint[] = [];
    const lines: TrainingLog[] = [];
    for (const { event } of events) {
      if (event.type === 'epoch') {
        const { epoch, loss, accuracy, valLoss: val_loss, valAccuracy: val_accuracy, at: timestamp } = event;
        rows.push({ session_id, epoch, loss, accuracy, val_loss, val_accuracy, timestamp });
      } else if (event.type === 'step')
        points.push({ step: event.step, epoch: event.epoch, loss: event.loss, timestamp: event.at });
      else if (event.type === 'log')
        lines.push({ session_id, timestamp: event.at, level: event.level, message: event.message });
    }
    if (rows.length > 0) this.#live.publish(topic, { type: 'run.metrics', session_id, rows });
    if (points.length > 0) this.#live.publish(topic, { type: 'run.steps', session_id, points });
    if (lines.length > 0) this.#live.publish(topic, { type: 'run.logs', session_id, lines });
  }
}

function payloadOf({ id, payload }: JobRecord) {
  if (payload.kind !== 'training') throw new Error(`Job ${id} is no training.`);
  return payload;
}
