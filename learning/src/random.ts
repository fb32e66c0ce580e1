/** A small seeded source of randomness: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
  /** Uniform integer in 0..bound−1. */
  below(bound: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** Shuffles in place (Fisher and Yates) and answers the same array. */
  shuffle<T extends Int32Array | unknown[]>(items: T): T;
  /** Where it stands: `resumedRandom` goes on from there. */
  save(): RandomState;
}

/** The four words of sfc32. */
export type RandomState = readonly [number, number, number, number];

/** sfc32 (Doty-Humphrey, PractRand), its state filled from the seed by splitmix32. */
export function seededRandom(seed: number): Random {
  let filler = seed >>> 0;
  const fill = (): number => {
    filler = (filler + 0x9e3779b9) >>> 0;
    let z = filler;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const random = resumedRandom([fill(), fill(), fill(), 1]);
  for (let round = 0; round < 12; round++) random.next();
  return random;
}

/** The source whose `save` gave this state, from there on. */
export function resumedRandom(state: RandomState): Random {
  let [a, b, c, counter] = state;
  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const next = () => bits() / 2 ** 32;
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [items[last], items[other]] = [items[other]!, items[last]!];
      }
      return items;
    },
    save: () => [a, b, c, counter],
  };
}
