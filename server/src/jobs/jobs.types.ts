import type { JobEvent, JobKind, JobPayload, JobProgress, ToldFailure, Waiting } from '@hearth/contract';
import type { Transaction } from '../platform/database.ts';
import type { Kept } from './retention.ts';

interface Base {
  id: string;
  kind: JobKind;
  title: string;
  priority: number;
  arrival: number;
  payload: JobPayload;
  createdBy: string | null;
  attempt: number;
  progress: JobProgress | null;
  createdAt: Date;
  gpuCount: number;
  /** Indices it has, or had, of its node's GPUs. */
  gpus: number[];
  gang: Membership | null;
  kept: Kept;
}
/** Jobs that start together, each on a node of its own, and end together when one of them does not complete. */
export interface Membership {
  id: string;
  rank: number;
  size: number;
}
export interface Lease {
  id: string;
  nodeId: string;
  expiresAt: Date;
}
export type Outcome = 'completed' | 'failed' | 'stopped';

type QueuedJob = Base & {
  state: 'queued';
  /** Why, where it is more than that its turn has not come. */
  waiting: Waiting | null;
};
/** Handed to a node; `running` once the node said that it started. Only here is there a lease. */
export type ActiveJob = Base & {
  state: 'leased' | 'running';
  lease: Lease;
  ackedSeq: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
};
export type FinishedJob = Base & {
  state: 'finished';
  outcome: Outcome;
  error: ToldFailure | null;
  exitCode: number | null;
  result: Record<string, unknown> | null;
  nodeId: string | null;
  leaseId: string | null;
  ackedSeq: number;
  startedAt: Date | null;
  finishedAt: Date;
};
export type JobRecord = QueuedJob | ActiveJob | FinishedJob;

export interface NumberedEvent {
  seq: number;
  event: JobEvent;
}
export interface JobArtifact {
  name: string;
  format: string;
  sha256: string;
  sizeBytes: number;
}
export interface Completion {
  at: Date;
  result: Record<string, unknown>;
  artifacts: JobArtifact[];
}

/** What a kind of job means to the domain that orders it. */
export interface JobHandler {
  /** The types of events that `onEvents` is about; without it, all. Batches without any of them are applied faster. */
  concerns?: ReadonlySet<JobEvent['type']>;
  /** The events' effects, committed together with their acknowledgement. */
  onEvents?(tx: Transaction, job: ActiveJob, events: NumberedEvent[]): Promise<void>;
  /** The effects of success, in the transaction that ends the job. An AppError turns the success into a failure. */
  onCompleted?(tx: Transaction, job: ActiveJob, completion: Completion): Promise<void>;
  /** Whatever the outcome, in the transaction that ends the job. */
  onEnded?(tx: Transaction, job: JobRecord, outcome: Outcome, at: Date): Promise<void>;
  /** After the commit: time to tell people. */
  onChanged?(job: JobRecord, events: NumberedEvent[]): Promise<void>;
}
