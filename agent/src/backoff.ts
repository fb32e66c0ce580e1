/**
 * Full jitter: a wait between 0 and `leastMs · 2^attempt`, at most `mostMs`, so that nodes cut off together
 * do not come back together (AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function backoffMs(
  attempt: number,
  { leastMs = 200, mostMs = 15_000, random = Math.random } = {},
): number {
  const ceiling = Math.min(mostMs, leastMs * 2 ** Math.min(attempt, 30));
  return Math.round(random() * ceiling);
}
