import { type Job, routes, type TrainingRun } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findVictim, type Victim } from './chaos/processes.ts';
import { seeded, seedOfRun } from './chaos/seeded.ts';
import { type Product, startProduct, until } from './testing/product.ts';

/** A hundred starts at once on one agent with room for three, while the server and then the agent are killed. */
const { training, registry } = routes;
const [starts, cap, epochs] = [100, 3, 5];
const seed = seedOfRun();
const random = seeded(seed);

let product: Product;
beforeAll(async () => {
  product = await startProduct({ MAX_CONCURRENT_SESSIONS: String(cap) });
  await product.client(registry.addBundledDataset, { params: { name: 'iris' } });
  await until('the agent being there', async () => (await nodes())[0]?.status === 'online', 30_000);
});
afterAll(async () => {
  await product?.stop();
});

const nodes = () => product.client(routes.nodes.list, {});
const start = (number: number) =>
  product.client(training.start, {
    body: {
      ...{ model_architecture: 'logistic', dataset_name: 'iris', epochs, batch_size: 32 },
      ...{ learning_rate: 0.05, seed: number },
    },
  });
const runsThat = async (status: TrainingRun['status']) => {
  const { items } = await product.client(training.runs, { query: { status, limit: 200 } });
  return items;
};
const queue = async () => (await product.client(training.queue, {})).map((session) => session.session_id);

/** Looks all the time how many run; a look that fails because the server is dead is no look. */
function watch() {
  const counts: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const running = await runsThat('running').catch(() => undefined);
      if (running) counts.push(running.length);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const end = async () => {
    isOver = true;
    await looking;
    return counts;
  };
  return { end };
}

/** Kills a part of the product while runs are under way; those it had in hand. */
async function kill(victim: Victim): Promise<string[]> {
  const inFlight = await until(
    'runs being under way',
    async () => {
      const running = (await runsThat('running')).filter((run) => run.started_at !== null);
      return running.length > 0 && running;
    },
    20_000,
    5,
  );
  const pid = findVictim(victim, product.pid, product.home);
  if (pid === undefined) throw new Error(`no ${victim} process was found`);
  const struck = Date.now();
  process.kill(pid, 'SIGKILL');
  await until(
    `the ${victim} being back`,
    async () => {
      const now = findVictim(victim, product.pid, product.home);
      const [node] = await nodes();
      const isSeen = node?.status === 'online' && Date.parse(node.last_seen_at ?? '') > struck;
      return now !== undefined && now !== pid && isSeen;
    },
    30_000,
    25,
  );
  const told = inFlight.map((run) => `${run.session_id} at epoch ${run.current_epoch ?? 0}`).join(', ');
  console.log(`${victim} killed with ${told}; back after ${((Date.now() - struck) / 1000).toFixed(2)} s`);
  return inFlight.map((run) => run.session_id);
}

const finishedCount = async () => (await runsThat('completed')).length;
const after = (count: number) =>
  until(`${count} being done`, async () => (await finishedCount()) >= count, 200_000, 50);

/** The most jobs that the record of their beginnings and ends has at one moment. */
function mostAtOnce(jobs: readonly Job[]): number {
  const changes = jobs.flatMap((job) => [
    { at: Date.parse(job.started_at!), by: 1 },
    { at: Date.parse(job.finished_at!), by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

const allJobs = async () => {
  const { items } = await product.client(routes.jobs.list, { query: { kind: 'training', limit: 200 } });
  return items;
};

/** The first runs are so small that they would end while the last are still being started. */
async function whileAgentIsHeld<T>(work: () => Promise<T>): Promise<T> {
  const pid = findVictim('agent', product.pid, product.home);
  if (pid === undefined) throw new Error('no agent process was found');
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** A hundred at the same moment: three run, the others are queued as they came. */
async function startAll() {
  const answers = await Promise.all(Array.from({ length: starts }, (_, number) => start(number)));
  const ids = new Set(answers.map((answer) => answer.session_id));
  expect(ids.size).toBe(starts);
  expect(answers.filter((answer) => answer.status === 'running')).toHaveLength(cap);
  const created = (await product.client(training.sessions, {})).map((run) => run.session_id).toReversed();
  expect(await queue(), 'queued as they came').toEqual(created.slice(cap));
  expect((await runsThat('running')).map((run) => run.session_id).toSorted()).toEqual(
    created.slice(0, cap).toSorted(),
  );
  return { created, ids };
}

it('runs three at a time in their order, each once and whole, through two kills', async () => {
  console.log(`seed ${seed}`);
  const begun = performance.now();
  const watched = watch();
  const { created, ids } = await whileAgentIsHeld(startAll);
  console.log(`after ${((performance.now() - begun) / 1000).toFixed(1)} s all are started`);

  await after(5 + Math.floor(random() * 25));
  const struck = await kill('server');
  await after((await finishedCount()) + 5 + Math.floor(random() * 25));
  struck.push(...(await kill('agent')));
  await after(starts);
  console.log(`${starts} runs in ${((performance.now() - begun) / 1000).toFixed(1)} s`);

  const counts = await watched.end();
  console.log(`${counts.length} looks, most at once ${Math.max(...counts)}`);
  expect(Math.max(...counts)).toBe(cap);
  const jobs = await allJobs();
  expect(jobs.map((job) => job.state)).toEqual(Array.from({ length: starts }, () => 'completed'));
  expect(new Set(jobs.map((job) => job.subject))).toEqual(ids);
  expect(mostAtOnce(jobs), 'by the record of beginnings and ends').toBeLessThanOrEqual(cap);
  const runs = await runsThat('completed');
  expect(struck.every((id) => runs.some((run) => run.session_id === id))).toBe(true);
  expectOrder(created, runs);
  await expectOnce(runs);
}, 280_000);

/** With three places, at most the two beside it can have begun before one that came before them. */
function expectOrder(created: readonly string[], runs: readonly TrainingRun[]): void {
  const startOf = new Map(runs.map((run) => [run.session_id, Date.parse(run.started_at!)]));
  created.forEach((id, index) => {
    const earlier = created.slice(index + 1).filter((later) => startOf.get(later)! < startOf.get(id)!);
    expect(earlier.length, `what overtook no. ${index}`).toBeLessThan(cap);
  });
}

async function expectOnce(runs: readonly TrainingRun[]): Promise<void> {
  const whole = Array.from({ length: epochs }, (_, index) => index + 1);
  for (const { session_id, attempt } of runs) {
    const rows = await product.client(training.history, { params: { session_id } });
    expect(rows.map((row) => row.epoch)).toEqual(whole);
    expect(attempt).toBe(1);
  }
  const params = { name: 'logistic_iris' };
  const versions = await product.client(registry.modelVersions, { params });
  expect(versions.map((version) => version.version).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: starts }, (_, index) => index + 1),
  );
  expect(new Set(runs.map((run) => run.model?.version)).size).toBe(starts);
}
