export type GaugeBand = 'good' | 'warn' | 'bad' | 'unknown';

/** Bands of a load gauge: green below 70 %, yellow below 85 %, red from there. */
export function gaugeBand(fraction: number | null | undefined): GaugeBand {
  if (fraction === null || fraction === undefined || Number.isNaN(fraction)) return 'unknown';
  if (fraction < 0.7) return 'good';
  return fraction < 0.85 ? 'warn' : 'bad';
}
