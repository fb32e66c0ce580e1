import { z } from 'zod';
import { DatasetFormat } from './datasets.ts';
import { Failure, Waiting } from './failures.ts';
import { JobState, LogLevel } from './jobs.ts';
import { LocalText, ProgramOption } from './programs.ts';
import { route } from './route.ts';
import { Message, PageQuery, ResourceName, RunId, SessionId, Timestamp, Uuid } from './values.ts';

/** Document 000's TrainingConfig with our optional extras (contracts, section 1). */
export const TrainingConfig = z
  .object({
    model_architecture: z.string().min(1).max(100),
    dataset_name: z.string().min(1).max(100),
    /** Step size, 0.0001..1. */
    learning_rate: z.number().min(0.0001).max(1),
    /** Rows (or text windows) per step, 1..256. */
    batch_size: z.number().int().min(1).max(256),
    epochs: z.number().int().min(1).max(1000),
    optimizer: z.enum(['adam', 'sgd', 'rmsprop', 'adamw']).default('adam'),
    loss_function: z.enum(['cross_entropy', 'mse', 'mae', 'bce']).default('cross_entropy'),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
    /** Larger runs first; default 0. */
    priority: z.number().int().min(-100).max(100).optional(),
    /** Column to predict; default: the one named label, target or class, else the last. */
    target: z.string().min(1).max(200).optional(),
    /** Part of the data held out, default 0.2. */
    validation_fraction: z.number().gt(0).lt(0.9).optional(),
    /** Text only: steps per epoch; default: the text once. */
    steps_per_epoch: z.number().int().min(1).max(1_000_000).optional(),
    /** GPUs it needs to itself, all of one machine; default none reserved. */
    gpus: z.number().int().min(0).max(64).optional(),
    /** Machines that train together (recipes that support it), default 1; `gpus` is then for each of them. */
    nodes: z.number().int().min(1).max(64).optional(),
    /** A session whose newest checkpoint this one begins with. */
    resume_from: SessionId.optional(),
    /** The recipe's own options, by name. */
    options: z.record(z.string().max(50), z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** Experiment its tracked run belongs to; default `Default`. */
    experiment: z.string().min(1).max(200).optional(),
  })
  .strict()
  .meta({ id: 'TrainingConfig' });
export type TrainingConfig = z.infer<typeof TrainingConfig>;

export const Architecture = z
  .object({
    name: z.string(),
    /** What it learns from. */
    data: z.enum(['tabular', 'text', 'images']),
    /** Formats of data sets it reads. */
    formats: z.array(DatasetFormat).optional(),
    description: z.string(),
    /** The same in other languages, where there is one. */
    descriptions: LocalText.optional(),
    /** Built into the agent, a recipe of Hearth's, or one an administrator added. */
    origin: z.enum(['built-in', 'recipe', 'own']),
    options: z.array(ProgramOption),
    supports: z.object({ resume: z.boolean(), gpus: z.boolean(), nodes: z.boolean() }),
    /** Python packages it brings in on first use. */
    requirements: z.array(z.string()),
    /** Why it cannot be used; null where it can. */
    problem: z.string().nullable(),
    defaults: z.object({
      learning_rate: z.number(),
      batch_size: z.number().int(),
      epochs: z.number().int(),
      optimizer: z.string(),
      loss_function: z.string(),
    }),
  })
  .meta({ id: 'Architecture' });
export type Architecture = z.infer<typeof Architecture>;

export const TrainingMetrics = z
  .object({
    session_id: SessionId,
    epoch: z.number().int().positive(),
    loss: z.number(),
    /** Null where the program does not report one. */
    accuracy: z.number().min(0).max(1).nullable(),
    val_loss: z.number().nullish(),
    val_accuracy: z.number().min(0).max(1).nullish(),
    timestamp: Timestamp,
  })
  .meta({ id: 'TrainingMetrics' });
export type TrainingMetrics = z.infer<typeof TrainingMetrics>;

export const TrainingLog = z
  .object({ session_id: SessionId, timestamp: Timestamp, level: LogLevel, message: z.string() })
  .meta({ id: 'TrainingLog' });
export type TrainingLog = z.infer<typeof TrainingLog>;

export const TrainingStatus = z
  .object({
    session_id: SessionId,
    state: JobState,
    current_epoch: z.number().int().nullish(),
    total_epochs: z.number().int(),
    start_time: Timestamp.nullish(),
    end_time: Timestamp.nullish(),
    error_message: z.string().nullish(),
  })
  .meta({ id: 'TrainingStatus' });
export type TrainingStatus = z.infer<typeof TrainingStatus>;

/** A run as the web shows it: the documented session and what we know beyond it. */
export const TrainingRun = z
  .object({
    session_id: SessionId,
    /** The tracked run: its metric series, parameters and files. */
    run_id: RunId,
    /** The job of the newest attempt. */
    job_id: Uuid,
    /** From 1; each resume is a further one. */
    attempt: z.number().int().positive(),
    /** The newest checkpoint, from which it can be resumed. */
    checkpoint: z.object({ epoch: z.number().int(), created_at: Timestamp }).nullable(),
    config: TrainingConfig,
    status: JobState,
    stopping: z.boolean(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
    current_epoch: z.number().int().nullable(),
    queue_position: z.number().int().positive().nullable(),
    node_id: Uuid.nullable(),
    node_name: z.string().nullable(),
    created_by: z.string().nullable(),
    error_message: z.string().nullable(),
    /** The same with its code, for other languages. */
    failure: Failure.nullable(),
    last: TrainingMetrics.nullable(),
    /** The version this run registered, once it has. */
    model: z.object({ name: z.string(), version: z.number().int() }).nullable(),
    dataset_sha256: z.string(),
    /** Digest of the recipe's code; null for built-in trainers. */
    code_digest: z.string().nullable(),
    gpus: z.array(z.number().int()),
    /** Why it waits for more than its turn, as a sentence and with its code. */
    waiting_for: z.string().nullable(),
    waiting: Waiting.nullable(),
  })
  .meta({ id: 'TrainingRun' });
export type TrainingRun = z.infer<typeof TrainingRun>;

export const TrainingSession = z
  .object({ session_id: SessionId, config: TrainingConfig, status: JobState, created_at: Timestamp })
  .meta({ id: 'TrainingSession' });

const tag = 'training';
const params = z.object({ session_id: SessionId });
const notFound = ['training.not_found'] as const;
export const trainingRoutes = {
  start: route({
    method: 'POST',
    path: '/api/v1/training/start',
    summary: 'Start training, or queue it when the node is full',
    tag,
    access: 'training.write',
    body: TrainingConfig,
    response: z.object({ session_id: SessionId, status: z.enum(['running', 'queued']), message: z.string() }),
    errors: [
      'training.unknown_architecture',
      'training.unsuited',
      'training.option_refused',
      'training.not_resumable',
      'dataset.not_found',
    ],
  }),
  resume: route({
    method: 'POST',
    path: '/api/v1/training/:session_id/resume',
    summary: 'Go on with a stopped or failed run from its newest checkpoint, in the same session',
    tag,
    access: 'training.write',
    params,
    body: z.object({ from_start: z.boolean().default(false) }).prefault({}),
    response: z.object({ session_id: SessionId, status: z.enum(['running', 'queued']), message: z.string() }),
    errors: [...notFound, 'training.not_resumable', 'dataset.not_found'],
  }),
  stop: route({
    method: 'POST',
    path: '/api/v1/training/:session_id/stop',
    summary: 'Stop a run; answers when no process of it is left, or after 10 s that the order stands',
    tag,
    access: 'training.write',
    params,
    response: Message,
    errors: [...notFound, 'training.not_active'],
  }),
  status: route({
    method: 'GET',
    path: '/api/v1/training/:session_id/status',
    summary: 'Where a run stands',
    tag,
    access: 'training.read',
    params,
    response: TrainingStatus,
    errors: notFound,
  }),
  metrics: route({
    method: 'GET',
    path: '/api/v1/training/:session_id/metrics',
    summary: "The newest epoch's row, or null",
    tag,
    access: 'training.read',
    params,
    response: TrainingMetrics.nullable(),
    errors: notFound,
  }),
  history: route({
    method: 'GET',
    path: '/api/v1/training/:session_id/history',
    summary: 'All epochs, ascending',
    tag,
    access: 'training.read',
    params,
    response: z.array(TrainingMetrics),
    errors: notFound,
  }),
  logs: route({
    method: 'GET',
    path: '/api/v1/training/:session_id/logs',
    summary: 'The newest lines, oldest first',
    tag,
    access: 'training.read',
    params,
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    response: z.array(TrainingLog),
    errors: notFound,
  }),
  run: route({
    method: 'GET',
    path: '/api/v1/training/:session_id',
    summary: 'A run with everything known of it',
    tag,
    access: 'training.read',
    params,
    response: TrainingRun,
    errors: notFound,
  }),
  sessions: route({
    method: 'GET',
    path: '/api/v1/training/sessions',
    summary: 'Runs, newest first',
    tag,
    access: 'training.read',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      offset: z.coerce.number().int().min(0).default(0),
    }),
    response: z.array(TrainingSession),
  }),
  runs: route({
    method: 'GET',
    path: '/api/v1/training/runs',
    summary: 'Runs with everything known of them, newest first',
    tag,
    access: 'training.read',
    query: PageQuery.extend({ status: JobState.optional(), search: z.string().max(100).optional() }),
    response: z.object({ items: z.array(TrainingRun), next_cursor: z.string().nullable() }),
  }),
  queue: route({
    method: 'GET',
    path: '/api/v1/training/queue',
    summary: 'Queued runs in queue order',
    tag,
    access: 'training.read',
    response: z.array(TrainingSession),
  }),
  unqueue: route({
    method: 'DELETE',
    path: '/api/v1/training/queue/:session_id',
    summary: 'Take a run out of the queue',
    tag,
    access: 'training.write',
    params,
    response: Message,
    errors: ['training.not_queued'],
  }),
  architectures: route({
    method: 'GET',
    path: '/api/v1/training/architectures',
    summary: 'What can be trained',
    tag,
    access: 'training.read',
    response: z.array(Architecture),
  }),
};

/** The name a trained model gets (contracts, section 1). */
export const trainedModelName = (
  config: Pick<TrainingConfig, 'model_architecture' | 'dataset_name'>,
): string => ResourceName.parse(`${config.model_architecture}_${config.dataset_name}`.slice(0, 100));
