import type { LiveMessage, LivePoint, TrainingLog, TrainingMetrics } from '@hearth/contract';

/** Loss of a single step between epochs. */
export interface StepPoint {
  step: number;
  loss: number;
  timestamp: string;
}
/** Whose news a feed takes. */
export type Listener = Pick<TrainingMetrics, 'session_id'>;

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
export function withMessage(feed: RunFeed, message: LiveMessage, { session_id }: Listener): RunFeed {
  if (message.type === 'run.points') return withPoints(feed, message.points, session_id);
  if (message.type !== 'job.logs') return feed;
  const lines = message.lines.map(({ at, level, message: text }) => ({
    session_id,
    timestamp: at,
    level,
    message: text,
  }));
  return { ...feed, logs: [...feed.logs, ...lines].slice(-mostLogs) };
}

const columns = ['loss', 'accuracy', 'val_loss', 'val_accuracy'] as const;
const columnOf = (key: string) => columns.find((column) => column === key);

/** Points of the four series become columns of their epoch's row; it is there once it has a loss. */
function withPoints(feed: RunFeed, points: readonly LivePoint[], session_id: string): RunFeed {
  const steps: StepPoint[] = [];
  const rows = new Map<number, TrainingMetrics>();
  for (const { key, step, at: timestamp, value } of points) {
    if (typeof value !== 'number') continue;
    if (key === 'step_loss') steps.push({ step, loss: value, timestamp });
    const column = columnOf(key);
    if (!column) continue;
    const known = rows.get(step) ?? feed.epochs.find(({ epoch }) => epoch === step);
    const row = known ?? { session_id, epoch: step, loss: Number.NaN, accuracy: null, timestamp };
    rows.set(step, { ...row, [column]: value });
  }
  const told = [...rows.values()].filter(({ loss }) => !Number.isNaN(loss));
  return {
    ...feed,
    epochs: mergeBy(feed.epochs, told, (row) => row.epoch),
    steps: thin(mergeBy(feed.steps, steps, (point) => point.step)),
  };
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
