import { z } from 'zod';
import { DatasetFormat } from './datasets.ts';
import { ToldFailure } from './failures.ts';
import { ModelInput, Prediction } from './inference.ts';
import { JobProgress, LogLevel, OutputStream } from './jobs.ts';
import { Machine, Vitals } from './nodes.ts';
import { ChatMessage, FinishReason, Usage } from './openai.ts';
import { CodeBundle, Runtime } from './programs.ts';
import { MetricKey, MetricValue } from './series.ts';
import { TrainingConfig } from './training.ts';
import { RunId, SessionId, Sha256, Timestamp, Uuid } from './values.ts';

/** Raised whenever a message changes shape; a server refuses an agent of another protocol with a clear reason. */
export const nodeProtocol = 2;

const at = Timestamp;

/**
 * What a job tells. Each job has a journal on its node, one event a line; a line's number (from 1) is its sequence
 * number. The server applies event `n` only after `n - 1` and remembers the last in the same transaction as its
 * effects, so whatever is sent again after a cut is applied once.
 */
export const JobEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), at }),
  z.object({ type: z.literal('log'), at, level: LogLevel, message: z.string().max(20_000) }),
  /**
   * Points of the run's metric series. Trainers tell `loss`, `accuracy`, `val_loss` and `val_accuracy` with the epoch
   * as step, and `step_loss` with the optimiser's step.
   */
  z.object({
    type: z.literal('metrics'),
    at,
    points: z
      .array(z.object({ key: MetricKey, step: z.number().int(), value: MetricValue }))
      .min(1)
      .max(1000),
  }),
  z.object({ type: z.literal('params'), at, params: z.record(z.string().max(250), z.string().max(6000)) }),
  /** A checkpoint the server now has; the run can be resumed from it. */
  z.object({
    type: z.literal('checkpoint'),
    at,
    name: z.string(),
    epoch: z.number().int().nonnegative(),
    sha256: Sha256,
    sizeBytes: z.number().int(),
  }),
  /** What a program wrote; `offset` in bytes of all it wrote to that stream, `skippedBytes` left out just before. */
  z.object({
    type: z.literal('output'),
    at,
    stream: OutputStream,
    offset: z.number().int().nonnegative(),
    skippedBytes: z.number().int().nonnegative().optional(),
    /** So many bytes of the stream are in `text`: another number than its own where they were no UTF-8. */
    bytes: z.number().int().nonnegative().optional(),
    text: z.string().max(70_000),
  }),
  z.object({ type: z.literal('progress'), at, progress: JobProgress }),
  z.object({
    type: z.literal('artifact'),
    at,
    name: z.string(),
    format: z.string(),
    sha256: Sha256,
    sizeBytes: z.number().int(),
  }),
  z.object({
    type: z.literal('finished'),
    at,
    outcome: z.enum(['completed', 'failed', 'stopped']),
    error: ToldFailure.nullish(),
    /** How the program ended, where it ended by itself. */
    exitCode: z.number().int().nullish(),
    result: z.record(z.string(), z.unknown()).nullish(),
  }),
]);
export type JobEvent = z.infer<typeof JobEvent>;

/** A program of a code bundle, and how it is run. No shell: `args` reach it as they are. */
export const Program = z.object({
  code: CodeBundle,
  runtime: Runtime,
  /** File of the bundle. */
  entry: z.string(),
  args: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  /** Folder of the bundle it runs in. */
  workingDirectory: z.string(),
});
export type Program = z.infer<typeof Program>;

export const ScriptPayload = z.object({
  kind: z.literal('script'),
  scriptName: z.string(),
  /** What its caller asked for, in the caller's words; `program` has what comes of that. */
  asked: z.object({ args: z.array(z.string()), mode: z.string().nullable(), command: z.string() }),
  program: Program,
  /** After so long all of its processes are killed; null: never. */
  timeoutMs: z.number().int().positive().nullable(),
  /** Kept of each stream, half from its beginning, half from its end; default 10 MB. */
  outputLimitBytes: z.number().int().positive().default(10_000_000),
});
export type ScriptPayload = z.infer<typeof ScriptPayload>;

export const TrainingPayload = z.object({
  kind: z.literal('training'),
  sessionId: SessionId,
  config: TrainingConfig,
  dataset: z.object({ name: z.string(), format: DatasetFormat, sha256: Sha256, sizeBytes: z.number().int() }),
  /** The tracked run its metrics belong to. */
  runId: RunId,
  /** The recipe's program; null: the trainers built into the agent. */
  program: Program.nullable(),
  /** Where to go on from; null: from the beginning. */
  resume: z
    .object({
      epoch: z.number().int().nonnegative(),
      name: z.string(),
      sha256: Sha256,
      sizeBytes: z.number().int(),
    })
    .nullable(),
});
export type TrainingPayload = z.infer<typeof TrainingPayload>;
export const PullPayload = z.object({
  kind: z.literal('pull'),
  source: z.string(),
  modelName: z.string(),
  sha256: Sha256.nullish(),
});
export type PullPayload = z.infer<typeof PullPayload>;
export const JobPayload = z.discriminatedUnion('kind', [TrainingPayload, PullPayload, ScriptPayload]);
export type JobPayload = z.infer<typeof JobPayload>;

/** Jobs that work together, one on each of several nodes; they start together or not at all. */
export const Gang = z.object({
  id: Uuid,
  /** This job's place, from 0. */
  rank: z.number().int().nonnegative(),
  size: z.number().int().positive(),
  /** Where rank 0 listens for the others. */
  masterAddress: z.string(),
  masterPort: z.number().int(),
});
export type Gang = z.infer<typeof Gang>;

/** A model a node shall hold ready. The agent makes its state match the whole list it is given. */
export const DeploymentSpec = z.object({
  deploymentId: Uuid,
  engine: z.enum(['llama', 'onnx']),
  artifact: z.object({ sha256: Sha256, sizeBytes: z.number().int(), format: z.string(), name: z.string() }),
  metadata: z.record(z.string(), z.unknown()),
});
export type DeploymentSpec = z.infer<typeof DeploymentSpec>;

export const DeploymentReport = z.object({
  deploymentId: Uuid,
  state: z.enum(['starting', 'ready', 'failed']),
  progress: z.number().min(0).max(1).nullish(),
  error: z.string().nullish(),
  chats: z.boolean().optional(),
  contextLength: z.number().int().nullish(),
  inputs: z.array(ModelInput).nullish(),
  classes: z.array(z.string()).nullish(),
});
export type DeploymentReport = z.infer<typeof DeploymentReport>;

export const Sampling = z.object({
  maxTokens: z.number().int().positive().nullish(),
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  seed: z.number().int().nullish(),
  stop: z.array(z.string()).default([]),
});
export type Sampling = z.infer<typeof Sampling>;

export const InferenceRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chat'), messages: z.array(ChatMessage), sampling: Sampling }),
  z.object({ kind: z.literal('completion'), prompt: z.string(), sampling: Sampling }),
  z.object({
    kind: z.literal('predict'),
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  }),
]);
export type InferenceRequest = z.infer<typeof InferenceRequest>;

/** Agent → server. */
export const AgentMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.number().int(),
    agentVersion: z.string(),
    machine: Machine,
    jobKinds: z.array(z.string()),
    engines: z.array(z.string()),
    /** Jobs whose journals are on this node. */
    jobs: z.array(z.object({ jobId: Uuid, leaseId: Uuid })),
    deployments: z.array(DeploymentReport),
  }),
  /** Every `heartbeatMs`: a measured reading, and the leases still worked on, which renews them. */
  z.object({ type: z.literal('heartbeat'), vitals: Vitals, leases: z.array(Uuid) }),
  z.object({
    type: z.literal('job.events'),
    jobId: Uuid,
    leaseId: Uuid,
    firstSeq: z.number().int().positive(),
    events: z.array(JobEvent).min(1).max(500),
  }),
  /** The job could not be taken (unknown kind, node full): it goes back to the queue. */
  z.object({ type: z.literal('job.refused'), jobId: Uuid, leaseId: Uuid, reason: z.string() }),
  z.object({ type: z.literal('deployment.report'), report: DeploymentReport }),
  z.object({ type: z.literal('inference.delta'), requestId: Uuid, text: z.string() }),
  z.object({ type: z.literal('inference.end'), requestId: Uuid, finishReason: FinishReason, usage: Usage }),
  z.object({ type: z.literal('inference.predicted'), requestId: Uuid, predictions: z.array(Prediction) }),
  z.object({ type: z.literal('inference.failed'), requestId: Uuid, code: z.string(), message: z.string() }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;

/** Server → agent. */
export const ServerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    nodeId: Uuid,
    heartbeatMs: z.number().int().positive(),
    /** Jobs the node may go on with, and the last event applied of each; it drops (kills, forgets) all others. */
    jobs: z.array(
      z.object({ jobId: Uuid, leaseId: Uuid, ackedSeq: z.number().int().nonnegative(), cancel: z.boolean() }),
    ),
    deployments: z.array(DeploymentSpec),
  }),
  z.object({
    type: z.literal('job.assign'),
    jobId: Uuid,
    leaseId: Uuid,
    jobToken: z.string(),
    payload: JobPayload,
    /** Indices of the GPUs it may use; empty where it asked for none. */
    gpus: z.array(z.number().int().nonnegative()).default([]),
    gang: Gang.nullable().default(null),
  }),
  z.object({ type: z.literal('job.cancel'), jobId: Uuid, leaseId: Uuid }),
  z.object({ type: z.literal('job.drop'), jobId: Uuid, leaseId: Uuid }),
  /** All events up to `seq` are committed; after a finished job's last one its journal may be deleted. */
  z.object({ type: z.literal('job.ack'), jobId: Uuid, leaseId: Uuid, seq: z.number().int().nonnegative() }),
  z.object({ type: z.literal('deployments'), deployments: z.array(DeploymentSpec) }),
  z.object({
    type: z.literal('inference.start'),
    requestId: Uuid,
    deploymentId: Uuid,
    request: InferenceRequest,
  }),
  z.object({ type: z.literal('inference.abort'), requestId: Uuid }),
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
