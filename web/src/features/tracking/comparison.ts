import type { SeriesPoint, TrackedRun } from '@hearth/contract';

export interface ComparedRow {
  name: string;
  values: (string | undefined)[];
  /** Whether the runs do not all say the same. */
  differs: boolean;
}
const rowsOf = (names: readonly string[], read: (name: string) => (string | undefined)[]): ComparedRow[] =>
  [...new Set(names)].sort().map((name) => {
    const values = read(name);
    return { name, values, differs: new Set(values).size > 1 };
  });

export const comparedParams = (runs: readonly TrackedRun[]): ComparedRow[] =>
  rowsOf(
    runs.flatMap(({ params }) => Object.keys(params)),
    (name) => runs.map(({ params }) => params[name]),
  );

export const comparedMetrics = (
  runs: readonly TrackedRun[],
  format: (value: SeriesPoint['value']) => string,
): ComparedRow[] =>
  rowsOf(
    runs.flatMap(({ metrics }) => Object.keys(metrics)),
    (name) => runs.map(({ metrics }) => (metrics[name] ? format(metrics[name].value) : undefined)),
  );

/** The runs with names that tell them apart: those that share one get the beginning of their id. */
export function toldApart(runs: readonly TrackedRun[]): TrackedRun[] {
  const shared = (name: string): boolean => runs.filter((run) => run.name === name).length > 1;
  return runs.map((run) =>
    shared(run.name) ? { ...run, name: `${run.name} · ${run.run_id.slice(0, 4)}` } : run,
  );
}
