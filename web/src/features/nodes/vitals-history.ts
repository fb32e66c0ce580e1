import type { Vitals } from '@hearth/contract';

export interface Point {
  x: number;
  y: number | null;
}

/** New readings behind those held, without repeats, and none older than the window. */
export function extendHistory(
  history: readonly Vitals[],
  added: readonly Vitals[],
  windowMs: number,
): readonly Vitals[] {
  const last = history[history.length - 1]?.at ?? '';
  const fresh = added.filter((reading) => reading.at > last);
  if (fresh.length === 0) return history;
  const all = [...history, ...fresh];
  const newest = all[all.length - 1];
  const from = newest ? Date.parse(newest.at) - windowMs : 0;
  return all.filter((reading) => Date.parse(reading.at) >= from);
}

/**
 * A line through readings: at most about `count` points, each the mean of its stretch of time; where no reading
 * came for several stretches, and for at least 15 s, the line breaks instead of inventing a way across.
 */
export function lineOf(
  history: readonly Vitals[],
  value: (reading: Vitals) => number | null,
  count = 300,
): readonly Point[] {
  const first = history[0];
  const last = history[history.length - 1];
  if (!first || !last) return [];
  const start = Date.parse(first.at);
  const widthMs = Math.max(1, (Date.parse(last.at) - start) / count);
  const out: Point[] = [];
  let bucket = -1;
  let sum = 0;
  let n = 0;
  let at = start;
  const close = (): void => {
    if (bucket >= 0) out.push({ x: at, y: n > 0 ? sum / n : null });
  };
  for (const reading of history) {
    const time = Date.parse(reading.at);
    const own = Math.floor((time - start) / widthMs);
    if (own !== bucket) {
      close();
      if (bucket >= 0 && time - at > Math.max(15_000, widthMs * 3)) out.push({ x: at + 1, y: null });
      bucket = own;
      sum = 0;
      n = 0;
    }
    at = time;
    const y = value(reading);
    if (y !== null) {
      sum += y;
      n += 1;
    }
  }
  close();
  return out;
}
