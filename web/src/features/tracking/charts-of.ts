/** One chart: a metric, with its validation twin where there is one. */
export interface ChartPlan {
  title: string;
  keys: readonly string[];
}

const twins = [
  (key: string) => `val_${key}`,
  (key: string) => `validation_${key}`,
  (key: string) => `eval_${key}`,
];
const first = ['loss', 'accuracy', 'step_loss'];

/** Which charts show these metrics: loss and accuracy before all others, then by name; twins share one. */
export function chartsOf(keys: readonly string[]): ChartPlan[] {
  const left = new Set(keys);
  const plans: ChartPlan[] = [];
  // Shorter names first: a metric is there before its twins, whose names begin with more.
  for (const key of [...left].sort((a, b) => a.length - b.length)) {
    if (!left.has(key)) continue;
    const together = [key, ...twins.map((twin) => twin(key)).filter((twin) => left.has(twin))];
    for (const one of together) left.delete(one);
    plans.push({ title: key, keys: together });
  }
  const rank = ({ title }: ChartPlan): number =>
    first.includes(title) ? first.indexOf(title) : first.length;
  return plans.sort((a, b) => rank(a) - rank(b) || (a.title < b.title ? -1 : 1));
}
