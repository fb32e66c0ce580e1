import type { MarketModelName, MarketPrediction } from '@hearth/contract';
import type { Series } from '../../ui/chart.ts';

/** The newest predictions of one model, nearest first. */
export function newestOf(
  predictions: readonly MarketPrediction[],
  model: MarketModelName | undefined,
): MarketPrediction[] {
  const own = predictions.filter((one) => one.model === model);
  const newest = own.reduce((latest, { time }) => (time > latest ? time : latest), '');
  return own.filter(({ time }) => time === newest).sort((a, b) => a.horizon - b.horizon);
}

interface Labels {
  close: string;
  forecast: string;
  upper: string;
  lower: string;
}

/**
 * Closes and, after them, a forecast with its band. All lines share one list of times, so that what is pointed at is
 * the same moment in each; the forecast begins at the close it was made at.
 */
export function priceSeries(
  bars: { time: readonly string[]; close: readonly number[] },
  forecast: readonly MarketPrediction[],
  labels: Labels,
): Series[] {
  const known = new Map(bars.time.map((time, i) => [Date.parse(time), bars.close[i] ?? null]));
  const told = new Map<number, { price: number; lower: number; upper: number }>();
  const [first] = forecast;
  if (first && bars.time.length > 0 && first.time >= bars.time[0]!) {
    const { close } = first;
    told.set(Date.parse(first.time), { price: close, lower: close, upper: close });
    for (const one of forecast) told.set(Date.parse(one.target_time), one);
  }
  const times = [...new Set([...known.keys(), ...told.keys()])].sort((a, b) => a - b);
  const close = times.map((x) => ({ x, y: known.get(x) ?? null }));
  const series: Series[] = [{ label: labels.close, points: close, colour: 5 }];
  if (told.size === 0) return series;
  const line = (pick: (at: { price: number; lower: number; upper: number }) => number) =>
    bridged(times, new Map([...told].map(([x, at]) => [x, pick(at)])));
  return [
    ...series,
    { label: labels.lower, points: line((at) => at.lower), colour: 2, dashed: true },
    { label: labels.upper, points: line((at) => at.upper), colour: 2, dashed: true, fill: 'previous' },
    { label: labels.forecast, points: line((at) => at.price), colour: 1 },
  ];
}

/** Bars may have come since a forecast was made: between its points its line goes straight on. */
function bridged(times: readonly number[], points: ReadonlyMap<number, number>) {
  const places = [...points.keys()].sort((a, b) => a - b);
  return times.map((x) => {
    const exact = points.get(x);
    if (exact !== undefined) return { x, y: exact };
    const after = places.findIndex((place) => place > x);
    const [from, to] = [places[after - 1], places[after]];
    if (from === undefined || to === undefined) return { x, y: null };
    const share = (x - from) / (to - from);
    return { x, y: points.get(from)! * (1 - share) + points.get(to)! * share };
  });
}

/** RMSE against the naive forecast: 0.03 is 3 % better, -0.03 is 3 % worse; null where prices never moved. */
export const gainOver = (naive: number, rmse: number): number | null => (naive > 0 ? 1 - rmse / naive : null);
