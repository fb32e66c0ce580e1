import type { TrainingRun } from '@hearth/contract';

/** How long a run has been going, or went. A browser's clock that is behind never makes it negative. */
export function runTimeMs(
  { started_at, finished_at }: Pick<TrainingRun, 'started_at' | 'finished_at'>,
  nowMs: number,
): number {
  if (!started_at) return 0;
  return Math.max(0, (finished_at ? Date.parse(finished_at) : nowMs) - Date.parse(started_at));
}

/** 0..1 by epochs done, or by steps where their number is known; undefined before it runs. */
export function runFraction(
  run: Pick<TrainingRun, 'status' | 'last' | 'config'>,
  step = 0,
): number | undefined {
  if (run.status === 'completed') return 1;
  if (run.status === 'queued') return undefined;
  const { epochs, steps_per_epoch } = run.config;
  const bySteps = steps_per_epoch ? step / (steps_per_epoch * epochs) : 0;
  return Math.max((run.last?.epoch ?? 0) / epochs, bySteps);
}

export const isActive = ({ status }: Pick<TrainingRun, 'status'>): boolean =>
  status === 'queued' || status === 'running';
