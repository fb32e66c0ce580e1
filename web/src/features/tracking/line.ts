import type { LivePoint, SeriesLine, SeriesPoint } from '@hearth/contract';

export type Axis = 'step' | 'time';
export interface Range {
  from: number;
  to: number;
}
const mostHeld = 4000;

const finite = (value: SeriesPoint['value']): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** What a chart draws of a line: by step, or by seconds since its first point. */
export function plotted(line: SeriesLine, axis: Axis): { x: number; y: number | null }[] {
  const startMs = Date.parse(line.points[0]?.at ?? '');
  return line.points.map(({ step, at, value }) => ({
    x: axis === 'step' ? step : (Date.parse(at) - startMs) / 1000,
    y: finite(value),
  }));
}

/** A line with points that came since; a step told again is replaced. Every second point of a long line's older half goes. */
export function extended(line: SeriesLine, points: readonly LivePoint[]): SeriesLine {
  const added = points
    .filter(({ key }) => key === line.key)
    .map(({ step, at, value }) => ({ step, at, value }));
  if (added.length === 0) return line;
  const bySteps = new Map([...line.points, ...added].map((point) => [point.step, point]));
  const all = [...bySteps.values()].sort((a, b) => a.step - b.step);
  if (all.length <= mostHeld) return { ...line, points: all };
  const half = Math.floor(all.length / 2);
  return { ...line, exact: false, points: all.filter((_, i) => i >= half || i % 2 === 0) };
}
