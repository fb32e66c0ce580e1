/** What is told to all: a run's new points, as its watchers get them. */
const runId = '0123456789abcdef0123456789abcdef';
export const topic = `run:${runId}` as const;

const newsOf = (step: number) => {
  const at = new Date().toISOString();
  const points = ['loss', 'val_loss', 'accuracy'].map((key) => ({ key, step, at, value: 1 / (step + 1) }));
  return { type: 'run.points' as const, run_id: runId, points };
};
/** All news is longer than this, and what is said before it shorter. */
export const leastBytes = 200;
type News = ReturnType<typeof newsOf>;

/** Publishes so many, `together` in each turn of the event loop. */
export async function publishAll(
  count: number,
  together: number,
  publish: (news: News) => void,
): Promise<void> {
  for (let step = 0; step < count; step += 1) {
    publish(newsOf(step));
    if ((step + 1) % together === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
