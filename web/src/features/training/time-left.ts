import type { TrainingConfig, TrainingMetrics } from '@hearth/contract';
import type { StepPoint } from './run-feed.ts';

export interface Measured {
  config: Pick<TrainingConfig, 'epochs' | 'steps_per_epoch'>;
  startedAt: string | null;
  epochs: readonly Pick<TrainingMetrics, 'epoch' | 'timestamp'>[];
  steps: readonly Pick<StepPoint, 'step' | 'timestamp'>[];
}
/** Newer epochs say more about what is to come. */
const epochsLookedAt = 8;

/**
 * Milliseconds from the newest measurement to the end, by the mean time of the last epochs; before the first epoch is
 * done, by steps, where their number is known. Undefined while nothing is measured.
 */
export function timeLeftMs({ config, startedAt, epochs, steps }: Measured): number | undefined {
  const last = epochs[epochs.length - 1];
  if (last) {
    const first = epochs.length > 1 ? epochs[Math.max(0, epochs.length - 1 - epochsLookedAt)] : undefined;
    const from = first ? { at: first.timestamp, done: first.epoch } : { at: startedAt, done: 0 };
    return remaining(from, { at: last.timestamp, done: last.epoch }, config.epochs);
  }
  const [first, newest] = [steps[0], steps[steps.length - 1]];
  if (!config.steps_per_epoch || !first || !newest) return undefined;
  const total = config.steps_per_epoch * config.epochs;
  return remaining(
    { at: first.timestamp, done: first.step },
    { at: newest.timestamp, done: newest.step },
    total,
  );
}

function remaining(
  from: { at: string | null; done: number },
  to: { at: string; done: number },
  total: number,
): number | undefined {
  if (from.at === null || to.done <= from.done) return undefined;
  const each = (Date.parse(to.at) - Date.parse(from.at)) / (to.done - from.done);
  return Math.max(0, each * (total - to.done));
}
