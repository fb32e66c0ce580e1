/**
 * Exponential moving average, corrected for its beginning as TensorBoard's is: the estimate of the first points is
 * divided by `1 - weight^n`, so that the line does not start at zero (Kingma & Ba, "Adam", section 3). What is not a
 * number leaves a gap and changes nothing.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null) return null;
    seen += 1;
    average = average * weight + (1 - weight) * value;
    return average / (1 - weight ** seen);
  });
}
