/** How much had arrived when. */
export interface Sample {
  atMs: number;
  done: number;
}
const windowMs = 15_000;

/** The readings of the last 15 seconds, and this one; a smaller one than the last means a fresh start. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples[samples.length - 1];
  if (!last || sample.done < last.done) return [sample];
  if (sample.done === last.done) return samples;
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= windowMs), sample];
}

/** Bytes a second; undefined before two readings at least half a second apart. */
export function speedOf(samples: readonly Sample[]): number | undefined {
  const [first, last] = [samples[0], samples[samples.length - 1]];
  if (!first || !last || last.atMs - first.atMs < 500) return undefined;
  return ((last.done - first.done) / (last.atMs - first.atMs)) * 1000;
}
