import { type RouteInput, routes, type TrainingMetrics } from '@hearth/contract';
import { type Product, until } from '../testing/product.ts';
import { findVictim, type Victim } from './processes.ts';
import { seeded } from './seeded.ts';

type Config = RouteInput<typeof routes.training.start>['body'];

export interface Kill {
  victim: Victim;
  /** Rows the server had acknowledged when the blow fell, and rows per second in the second before: work in flight. */
  epochs: number;
  logs: number;
  rowsInFlight: number;
  readySeconds: number;
}

export interface ChaosResult {
  kills: Kill[];
  finalState: string;
  epochs: number;
}

const key = (row: TrainingMetrics) => `${row.epoch}|${row.loss}|${row.accuracy}`;

/**
 * Trains one long run while killing parts of the product with SIGKILL at seeded moments. After every blow it checks
 * that the product is ready again, and that every row a client had seen is still there, once. A round in which
 * nothing was in flight is repeated, so idle kills never count.
 */
export async function runChaos(
  product: Product,
  config: Config,
  victims: Victim[],
  seed: number,
  log: (line: string) => void,
): Promise<ChaosResult> {
  const random = seeded(seed);
  const { client } = product;
  const { session_id } = await client(routes.training.start, { body: config });
  const params = { session_id };
  const history = () => client(routes.training.history, { params });
  const logs = () => client(routes.training.logs, { params, query: { limit: 1000 } });
  const state = async () => (await client(routes.training.status, { params })).state;
  await until('the first epochs', async () => (await history()).length >= 2, 60_000);

  const kills: Kill[] = [];
  for (const victim of victims) {
    const kill = await strike(victim);
    kills.push(kill);
    log(
      `${String(kills.length).padStart(2)} ${victim.padEnd(8)} at ${kill.epochs} epochs, ${kill.logs} log lines, ${kill.rowsInFlight} rows in flight; ready after ${kill.readySeconds.toFixed(2)} s`,
    );
  }
  const finalState = await until(
    'the end of the run',
    async () => {
      const now = await state();
      return now !== 'running' && now !== 'queued' && now;
    },
    300_000,
    300,
  );
  const rows = await history();
  const distinct = new Set(rows.map((row) => row.epoch));
  if (distinct.size !== rows.length) throw new Error('an epoch stands twice');
  return { kills, finalState, epochs: rows.length };

  async function strike(victim: Victim): Promise<Kill> {
    const before = (await history()).length;
    await new Promise((resolve) => setTimeout(resolve, 400 + random() * 1200));
    const seen = await history();
    const lines = await logs();
    if ((await state()) !== 'running')
      throw new Error(
        `the run ended before all kills were dealt (${kills.length} of ${victims.length}); give it more epochs`,
      );
    const pid = findVictim(victim, product.pid, product.home);
    if (pid === undefined) throw new Error(`no ${victim} process was found`);
    const struck = Date.now();
    process.kill(pid, 'SIGKILL');
    await until(`the ${victim} being ready again`, () => ready(victim, pid, struck), 20_000, 25).catch(
      (error) => {
        throw new Error(`${error}\n${product.output().slice(-6000)}`);
      },
    );
    const readySeconds = (Date.now() - struck) / 1000;
    await checkKept(
      seen,
      lines.map((line) => `${line.timestamp}|${line.message}`),
    );
    const rowsInFlight = seen.length - before;
    if (rowsInFlight === 0) return strike(victim);
    return { victim, epochs: seen.length, logs: lines.length, rowsInFlight, readySeconds };
  }

  /** A new process serves: the API answers from the database, and the node has reported since the blow. */
  async function ready(victim: Victim, deadPid: number, struck: number): Promise<boolean> {
    const pid = findVictim(victim, product.pid, product.home);
    if (pid === undefined || pid === deadPid) return false;
    if (!(await fetch(`${product.url}/health`)).ok) return false;
    const [node] = await client(routes.nodes.list, {});
    return node?.status === 'online' && Date.parse(node.last_seen_at ?? '') > struck;
  }

  async function checkKept(seen: TrainingMetrics[], lines: string[]): Promise<void> {
    const now = await history();
    const kept = new Set(now.map(key));
    const lost = seen.filter((row) => !kept.has(key(row)));
    if (lost.length > 0)
      throw new Error(`${lost.length} acknowledged epoch rows are gone, first: ${key(lost[0]!)}`);
    if (new Set(now.map((row) => row.epoch)).size !== now.length) throw new Error('an epoch stands twice');
    const all = (await logs()).map((line) => `${line.timestamp}|${line.message}`);
    const missing = lines.filter((line) => !all.includes(line));
    if (all.length < 1000 && missing.length > 0)
      throw new Error(`${missing.length} acknowledged log lines are gone: ${missing[0]}`);
    if (new Set(all).size !== all.length) throw new Error('a log line stands twice');
  }
}
