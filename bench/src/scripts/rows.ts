import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { routes } from '@hearth/contract';
import { apiKey, type Product, startProduct, until } from '../../../e2e/src/testing/product.ts';
import type { BenchRow } from '../harness.ts';

const pairs = 40;
/** Between any two: what either leaves behind (a process to be collected, one to be made for the next) burdens neither. */
const restMs = 50;
const programs = [
  { name: 'light.py', runtime: 'python', text: 'pass\n', what: 'python3, which does nothing' },
  { name: 'light.mjs', runtime: 'node', text: '', what: 'node, which does nothing' },
] as const;
type Program = (typeof programs)[number];

interface Pair {
  ours: number;
  bare: number;
}
const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
const median = (values: number[]) => quantile(values, 0.5);
const p95 = (values: number[]) => quantile(values, 0.95);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Starts a program and waits until it has ended and both its streams have, as anybody would without us. */
async function spawnBare(command: string, path: string): Promise<void> {
  const child = spawn(command, [path], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${path} ended with ${code}.`);
}

/** Over a connection that stays open, as a caller's would. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function runThrough({ url }: Product, name: string): Promise<void> {
  const body = JSON.stringify({ script_name: name });
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    authorization: `Bearer ${apiKey}`,
  };
  const { method, path } = routes.scripts.run;
  const sent = request(url + path, { agent, method, headers }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { status } = JSON.parse(await text(answer)) as { status: string };
  if (status !== 'completed') throw new Error(`${name} is ${status}.`);
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

  async function measured({ name, runtime }: Program): Promise<Pair[]> {
    const result: Pair[] = [];
    for (let index = 0; index < pairs; index += 1) {
      const ours = await timed(() => runThrough(product, name));
      await sleep(restMs);
      const bare = await timed(() => spawnBare(commands[runtime], join(folder, name)));
      await sleep(restMs);
      result.push({ ours, bare });
    }
    return result;
  }
  for (const program of programs) await measured(program);
  const rowsOf = (program: Program): BenchRow[] => {
    let round: Pair[] = [];
    const ours = () => round.map((pair) => pair.ours);
    const bare = () => round.map((pair) => pair.bare);
    const again = async () => {
      round = await measured(program);
    };
    const unit = 'ms';
    return [
      {
        name: `script: ${program.what}, median`,
        unit,
        ours: async () => again().then(() => median(ours())),
        peers: { 'bare spawn': async () => median(bare()) },
        note: `from the request to its answer with output, exit code and times, stored; ${pairs} of each, in turn, ${restMs} ms apart`,
      },
      {
        name: 'the same, what is added to the bare spawn, median',
        unit,
        ours: async () => again().then(() => median(ours()) - median(bare())),
        peers: {},
        note: 'aim: at most 2 ms',
      },
      {
        name: 'the same, 95th percentile',
        unit,
        ours: async () => again().then(() => p95(ours())),
        peers: { 'bare spawn': async () => p95(bare()) },
      },
    ];
  };
  const close = async () => {
    agent.destroy();
    await product.stop();
  };
  return { rows: programs.flatMap(rowsOf), close };
}
