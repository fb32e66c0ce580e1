/** The baseline a language model must beat. */

/**
 * Mean loss (nats a character) of a character bigram model on `held`, learned from `training`: interpolated
 * Witten-Bell smoothing (Witten and Bell 1991) over add-one unigrams. Ids run from 0 to `size` − 1.
 */
export function bigramLoss(training: Int32Array, held: Int32Array, size: number): number {
  const unigrams = new Float64Array(size);
  const contexts = new Float64Array(size);
  const pairs = new Map<number, number>();
  const kinds = new Float64Array(size);
  for (const [at, id] of training.entries()) {
    unigrams[id]! += 1;
    if (at === 0) continue;
    const before = training[at - 1]!;
    const pair = before * size + id;
    if (!pairs.has(pair)) kinds[before]! += 1;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    contexts[before]! += 1;
  }
  let loss = 0;
  for (let at = 1; at < held.length; at++) {
    const [before, id] = [held[at - 1]!, held[at]!];
    const unigram = (unigrams[id]! + 1) / (training.length + size);
    const [seen, different] = [contexts[before]!, kinds[before]!];
    const count = pairs.get(before * size + id) ?? 0;
    loss -= Math.log(seen === 0 ? unigram : (count + different * unigram) / (seen + different));
  }
  return loss / (held.length - 1);
}
