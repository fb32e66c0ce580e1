/** Round numbers from the first below `low` to the first above `high`, about `count` of them (1, 2 or 5 times a power of ten apart). */
export function niceTicks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Multiplied, not added up: 0.1 + 0.2 is no label.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(14)),
  );
}

/** Whole numbers among nice ones: there is no epoch 2.5. */
export const wholeTicks = (low: number, high: number, count: number): number[] =>
  niceTicks(low, high, Math.min(count, Math.max(1, high - low))).filter(
    (tick) => Number.isInteger(tick) && tick >= low && tick <= high,
  );
