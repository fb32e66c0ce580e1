import { fileURLToPath } from 'node:url';
import { ThreadPool } from '@hearth/toolkit/performance';
import { Piscina } from 'piscina';
import type { BenchRow } from '../harness.ts';
import { cpuPerOperation, inTurn } from './cpu-per-operation.ts';

const module = new URL('./double.worker.ts', import.meta.url);
const operations = 20_000;
const microseconds = async (nanoseconds: Promise<number>) => (await nanoseconds) / 1000;
const figure = (call: () => Promise<unknown>) => () =>
  microseconds(cpuPerOperation(inTurn(call), operations));
const many = (call: () => Promise<unknown>) => () =>
  microseconds(
    cpuPerOperation(async (count) => {
      await Promise.all(Array.from({ length: count }, call));
    }, operations),
  );

const ours = new ThreadPool({ maxWorkers: 1, idleTimeoutMs: 60_000 });
const peer = new Piscina({
  filename: fileURLToPath(module),
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: 60_000,
});
const oursModule = () => ours.submit({ module }, 21).result();
const oursFunction = () => ours.submit((n: number) => n * 2, 21).result();
const stop = new AbortController();

export const rows: BenchRow[] = [
  {
    name: 'thread pool: round trip of a module function',
    unit: 'CPU-µs/task',
    ours: figure(oursModule),
    peers: {
      piscina: figure(() => peer.run(21)),
      'piscina with a signal': figure(() => peer.run(21, { signal: AbortSignal.any([stop.signal]) })),
    },
    note: 'a task of ours can be cancelled (the row below it can too), and its message names module and function',
  },
  {
    name: 'thread pool: round trip of a function sent as source',
    unit: 'CPU-µs/task',
    ours: figure(oursFunction),
    peers: { piscina: figure(() => peer.run(21)) },
    note: 'piscina runs files only',
  },
  {
    name: 'thread pool: 20,000 tasks at once',
    unit: 'CPU-µs/task',
    ours: many(oursModule),
    peers: { piscina: many(() => peer.run(21)) },
    note: 'as above',
  },
];

export const close = async (): Promise<void> => {
  await ours.terminate();
  await peer.destroy();
};
