import type { JobState, RunStatus } from '@hearth/contract';

/** MLflow's word for how a run stands, in ours. */
export const stateOf: Record<RunStatus, JobState> = {
  RUNNING: 'running',
  SCHEDULED: 'queued',
  FINISHED: 'completed',
  FAILED: 'failed',
  KILLED: 'stopped',
};
