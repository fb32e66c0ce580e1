/** A small reproducible generator (mulberry32), so that a seed repeats a failure. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for this run, to be printed; `HEARTH_SEED` repeats another one. */
export const seedOfRun = (): number => Number(process.env.HEARTH_SEED ?? Date.now() % 1_000_000);
