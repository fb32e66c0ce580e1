import type { LiveMessage, StepPoint, TrainingLog, TrainingMetrics } from '@hearth/contract';

/** What a run has told so far. Values, never changed in place. */
export interface RunFeed {
  /** One row an epoch, ascending. */
  epochs: readonly TrainingMetrics[];
  /** Ascending by step. */
  steps: readonly StepPoint[];
  /** In the order of the run's journal. */
  logs: readonly TrainingLog[];
}
export const emptyFeed: RunFeed = { epochs: [], steps: [], logs: [] };
const mostLogs = 5000;
const mostSteps = 4000;

/** The feed after a live message; an epoch or step told twice stays one. */
export function withMessage(feed: RunFeed, message: LiveMessage): RunFeed {
  switch (message.type) {
    case 'run.metrics':
      return { ...feed, epochs: mergeBy(feed.epochs, message.rows, (row) => row.epoch) };
    case 'run.steps':
      return { ...feed, steps: thin(mergeBy(feed.steps, message.points, (point) => point.step)) };
    case 'run.logs':
      return { ...feed, logs: [...feed.logs, ...message.lines].slice(-mostLogs) };
    default:
      return feed;
  }
}

/** What was loaded, continued by what was heard while it was on its way. */
export function withHeard(loaded: RunFeed, heard: RunFeed): RunFeed {
  return {
    epochs: mergeBy(loaded.epochs, heard.epochs, (row) => row.epoch),
    steps: thin(mergeBy(loaded.steps, heard.steps, (point) => point.step)),
    logs: continued(loaded.logs, heard.logs),
  };
}

function mergeBy<T>(known: readonly T[], added: readonly T[], keyOf: (item: T) => number): readonly T[] {
  const last = known[known.length - 1];
  const first = added[0];
  // The usual case: news come in order.
  if (added.length === 1 && first && (!last || keyOf(first) > keyOf(last))) return [...known, first];
  const all = new Map([...known, ...added].map((item) => [keyOf(item), item]));
  return [...all.values()].sort((a, b) => keyOf(a) - keyOf(b));
}

/** Every second point of the older half goes when there are too many to draw. */
function thin(steps: readonly StepPoint[]): readonly StepPoint[] {
  if (steps.length <= mostSteps) return steps;
  const half = Math.floor(steps.length / 2);
  return [...steps.slice(0, half).filter((_, i) => i % 2 === 0), ...steps.slice(half)];
}

/** Lines have no number, but both lists are pieces of one journal: they are joined at their longest overlap. */
function continued(loaded: readonly TrainingLog[], heard: readonly TrainingLog[]): readonly TrainingLog[] {
  const same = (a?: TrainingLog, b?: TrainingLog) =>
    a?.timestamp === b?.timestamp && a?.level === b?.level && a?.message === b?.message;
  for (let overlap = Math.min(loaded.length, heard.length); overlap > 0; overlap--) {
    const start = loaded.length - overlap;
    if (heard.slice(0, overlap).every((line, i) => same(line, loaded[start + i]))) {
      return [...loaded, ...heard.slice(overlap)].slice(-mostLogs);
    }
  }
  return [...loaded, ...heard].slice(-mostLogs);
}
