import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { routes } from '@hearth/contract';
import { startPostgres } from '@hearth/launcher/postgres';
import { apiKey, type Product, startProduct, until } from '../../../e2e/src/testing/product.ts';
import type { BenchRow } from '../harness.ts';
import { startServing, stopServing } from '../load.ts';

/** Of each way, in each round. */
const each = 20;
/** Between any two: what either leaves behind (a process to be collected, one to be made for the next) burdens neither. */
const restMs = 50;
const programs = [
  { name: 'light.py', runtime: 'python', text: 'pass\n', what: 'python3, which does nothing' },
  { name: 'light.mjs', runtime: 'node', text: '', what: 'node, which does nothing' },
] as const;
type Program = (typeof programs)[number];

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
const median = (values: number[]) => quantile(values, 0.5);
const p95 = (values: number[]) => quantile(values, 0.95);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** See spawner.ts. */
function startSpawner() {
  const child = fork(fileURLToPath(new URL('spawner.ts', import.meta.url)));
  const run = async (command: string, path: string): Promise<number> => {
    const answered = once(child, 'message') as Promise<[number]>;
    child.send({ command, path });
    const [ms] = await answered;
    return ms;
  };
  return { run, close: () => void child.kill() };
}

/** Over a connection that stays open, as a caller's would. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function post(url: string, content: object, headers: Record<string, string> = {}): Promise<unknown> {
  const body = JSON.stringify(content);
  const own = { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request(url, { agent, method: 'POST', headers: { ...own, ...headers } }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return JSON.parse(await text(answer));
}

async function runThrough({ url }: Product, name: string): Promise<void> {
  const answer = await post(
    url + routes.scripts.run.path,
    { script_name: name },
    { authorization: `Bearer ${apiKey}` },
  );
  const { status } = answer as { status: string };
  if (status !== 'completed') throw new Error(`${name} is ${status}.`);
}

/** See floor.ts. */
async function startFloor() {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-bench-'));
  const database = await startPostgres({ home: folder });
  const script = fileURLToPath(new URL('floor.ts', import.meta.url));
  const server = await startServing(script, { DATABASE_URL: database.url });
  const url = `http://127.0.0.1:${server.port}`;
  const worker = await startServing(script, { FLOOR_SERVER: url.replace('http', 'ws') });
  const run = async (command: string, path: string) => {
    const { code } = (await post(url, { command, path })) as { code: number };
    if (code !== 0) throw new Error(`${path} ended with ${code}.`);
  };
  const close = async () => {
    await stopServing(worker.child);
    await stopServing(server.child);
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { run, close };
}

async function addScripts(product: Product): Promise<string> {
  const folder = join(product.home, 'scripts');
  await mkdir(folder, { recursive: true });
  const scripts = programs.map(({ name, runtime }) => ({ name, runtime: { type: runtime } }));
  for (const program of programs) await writeFile(join(folder, program.name), program.text);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ scripts }));
  const isThere = async () =>
    (await product.client(routes.nodes.list, {})).some(({ status }) => status === 'online');
  await until('the machine joining', isThere, 30_000);
  return folder;
}

/** A light script through the scripts API, from the request to its answer, beside a bare spawn of the same program. */
export async function start() {
  const product = await startProduct({ RATE_LIMIT_PER_MINUTE: '0' });
  const folder = await addScripts(product);
  // The interpreter itself: a version manager's stand-in would cost a bare spawn ten times its time.
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  const commands = { python: python.trim(), node: process.execPath };

  const floor = await startFloor();
  const spawner = startSpawner();
  const waysOf = ({ name, runtime }: Program) => {
    const path = join(folder, name);
    return {
      ours: () => timed(() => runThrough(product, name)),
      bare: () => spawner.run(commands[runtime], path),
      floor: () => timed(() => floor.run(commands[runtime], path)),
    };
  };
  const rowsOf = async (program: Program): Promise<BenchRow[]> => {
    const times = { ours: [] as number[], bare: [] as number[], floor: [] as number[] };
    const ways = Object.entries(waysOf(program)) as [keyof typeof times, () => Promise<number>][];
    const sample = async (count: number) => {
      for (let index = 0; index < count; index += 1)
        for (const [name, way] of ways) {
          times[name].push(await way());
          await sleep(restMs);
        }
    };
    await sample(10);
    for (const [name] of ways) times[name] = [];
    const row = { unit: 'ms' };
    const peers = (of: (values: number[]) => number) => ({
      'bare spawn': async () => of(times.bare),
      'the least in two processes': async () => of(times.floor),
    });
    const added = (values: number[]) => median(values) - median(times.bare);
    return [
      {
        ...row,
        name: `script: ${program.what}, median`,
        ours: async () => sample(each).then(() => median(times.ours)),
        peers: peers(median),
        note: `from the request to its answer with output, exit code and times, stored; in turn, ${restMs} ms apart. The least: an HTTP request, two commits and a WebSocket there and back, without access check, validation, log, output, or proof of death`,
      },
      {
        ...row,
        name: 'the same, what is added to the bare spawn, median',
        ours: async () => added(times.ours),
        peers: { 'the least in two processes': async () => added(times.floor) },
        note: 'aim: at most 2 ms',
      },
      {
        ...row,
        name: 'the same, 95th percentile',
        ours: async () => p95(times.ours),
        peers: peers(p95),
      },
    ];
  };
  const close = async () => {
    agent.destroy();
    spawner.close();
    await floor.close();
    await product.stop();
  };
  const rows = [];
  for (const program of programs) rows.push(...(await rowsOf(program)));
  return { rows, close };
}
