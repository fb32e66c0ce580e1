import type { JobState, RunStatus, TrackedRun, TrainingRun } from '@hearth/contract';

const statusOf: Record<JobState, RunStatus> = {
  queued: 'SCHEDULED',
  running: 'RUNNING',
  completed: 'FINISHED',
  failed: 'FAILED',
  stopped: 'KILLED',
};
const keys = ['loss', 'accuracy', 'val_loss', 'val_accuracy'] as const;

/** A tracked run with what was just told of its session. */
export function withTold(run: TrackedRun, told: TrainingRun): TrackedRun {
  const { last } = told;
  const metrics = { ...run.metrics };
  for (const key of last ? keys : []) {
    const value = last?.[key];
    if (last && typeof value === 'number') metrics[key] = { step: last.epoch, at: last.timestamp, value };
  }
  return { ...run, status: statusOf[told.status], end_time: told.finished_at, metrics };
}
