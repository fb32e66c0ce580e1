import type { TrainingMetrics, TrainingRun, TrainingStatus } from '@hearth/contract';
import type { z } from 'zod';
import type { JobView } from '../jobs/jobs.service.ts';
import type { CheckpointRow } from './checkpoints.repository.ts';
import type { RunRow } from './training.repository.ts';

/** What a run's row is shown with. */
export interface Around {
  job: JobView;
  runId: string;
  attempt: number;
  checkpoint: Pick<CheckpointRow, 'epoch' | 'createdAt'> | undefined;
  last: TrainingMetrics | undefined;
  queuePosition: number | undefined;
  nodeName: string | undefined;
}

export function asRun(row: RunRow, around: Around): TrainingRun {
  const { job, runId, attempt, checkpoint, last, queuePosition, nodeName } = around;
  const { modelName, modelVersion } = row;
  return {
    session_id: row.sessionId,
    run_id: runId,
    job_id: row.jobId,
    attempt,
    checkpoint: checkpoint
      ? { epoch: checkpoint.epoch, created_at: checkpoint.createdAt.toISOString() }
      : null,
    config: row.config,
    status: job.state,
    stopping: job.stopping,
    created_at: row.createdAt.toISOString(),
    started_at: job.started_at,
    finished_at: job.finished_at,
    current_epoch: last?.epoch ?? null,
    queue_position: queuePosition ?? null,
    node_id: job.node_id,
    node_name: nodeName ?? null,
    created_by: row.createdBy,
    error_message: job.error?.message ?? null,
    failure: job.error,
    last: last ?? null,
    model: modelName !== null && modelVersion !== null ? { name: modelName, version: modelVersion } : null,
    dataset_sha256: row.datasetSha256,
    code_digest: row.codeDigest,
    gpus: job.gpus,
    waiting_for: job.waiting_for,
    waiting: job.waiting,
  };
}

export const asStatus = (run: TrainingRun): TrainingStatus => ({
  session_id: run.session_id,
  state: run.status,
  current_epoch: run.current_epoch,
  total_epochs: run.config.epochs,
  start_time: run.started_at,
  end_time: run.finished_at,
  error_message: run.error_message,
});

type Session = z.infer<typeof import('@hearth/contract').TrainingSession>;
export const asSession = (row: RunRow, job: JobView): Session => ({
  session_id: row.sessionId,
  config: row.config,
  status: job.state,
  created_at: row.createdAt.toISOString(),
});
