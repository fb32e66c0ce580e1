import type { TrainingMetrics } from '@hearth/contract';

/** One value of one of a run's series. */
export interface Measured {
  key: string;
  step: number;
  atMs: number;
  value: number;
}

/** Names under which programs report the same thing, the most telling first. */
const losses = ['loss', 'train_loss', 'training_loss', 'training_log_loss'];
const accuracies = [
  'accuracy',
  'acc',
  'train_accuracy',
  'training_accuracy',
  'training_accuracy_score',
  'training_score',
];
const heldOut = (names: readonly string[]) =>
  ['val_', 'validation_', 'eval_'].flatMap((prefix) => names.map((name) => prefix + name));
const columns = {
  loss: losses,
  accuracy: accuracies,
  valLoss: heldOut(losses.slice(0, 1)),
  valAccuracy: heldOut(accuracies.slice(0, 2)),
};

/** Every series that says something of an epoch. */
export const epochKeys: readonly string[] = Object.values(columns).flat();

/**
 * The documented rows of a session, one an epoch, from the points of its series (one a step): an epoch is a step with
 * a loss. Who counts from 0 is counted from 1; an accuracy outside 0..1 is none.
 */
export function epochRows(
  sessionId: string,
  points: readonly Measured[],
  firstStep: number,
): TrainingMetrics[] {
  const byKey = Map.groupBy(points, ({ key }) => key);
  // By step; where two names have the same step, the one that stands first in the list wins.
  const series = (names: readonly string[]) =>
    new Map(
      names
        .toReversed()
        .flatMap((name) => (byKey.get(name) ?? []).map((point) => [point.step, point] as const)),
    );
  const [loss, accuracy] = [series(columns.loss), series(columns.accuracy)];
  const [valLoss, valAccuracy] = [series(columns.valLoss), series(columns.valAccuracy)];
  const offset = firstStep < 1 ? 1 - firstStep : 0;
  return [...loss.values()]
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.step - b.step)
    .map(({ step, atMs, value }) => ({
      session_id: sessionId,
      epoch: step + offset,
      loss: value,
      accuracy: share(accuracy.get(step)?.value),
      val_loss: finite(valLoss.get(step)?.value),
      val_accuracy: share(valAccuracy.get(step)?.value),
      timestamp: new Date(atMs).toISOString(),
    }));
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
const share = (value: number | undefined) => (value !== undefined && value >= 0 && value <= 1 ? value : null);
