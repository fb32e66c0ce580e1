/**
 * Learning rate of a step (1 … total). "cosine" warms up over the first twentieth of the run (at most 50 steps) and
 * then falls to a tenth (Loshchilov and Hutter 2017, without restarts).
 */
export function learningRateAt(
  schedule: 'constant' | 'cosine',
  base: number,
  step: number,
  total: number,
): number {
  if (schedule === 'constant') return base;
  const warmUp = Math.min(50, Math.ceil(total / 20));
  if (step <= warmUp) return (base * step) / warmUp;
  const progress = (step - warmUp) / Math.max(1, total - warmUp);
  return base * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)));
}
