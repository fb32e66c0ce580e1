import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** One living process; `startTicks` with `pid` names it for good, since ids come round again. */
export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  session: number;
  startTicks: string;
}

/** Parses `/proc/<pid>/stat`; undefined for one that is dead and only waits to be collected. */
export function parseStat(text: string): ProcessRow | undefined {
  // The command's name may hold spaces and parentheses; all figures follow its last parenthesis.
  const cells = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = cells;
  if (state === 'Z' || state === 'X' || state === undefined) return undefined;
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: cells[19] ?? '',
  };
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // it ended while we looked, or it belongs to somebody else
  }
};

/**
 * One living process. Elsewhere than on Linux only that there is one of this id is known, and a job's process is
 * taken to lead its own group and session.
 */
export function findProcess(pid: number): ProcessRow | undefined {
  if (platform() !== 'linux')
    return isAlive(pid) ? { pid, parent: 0, group: pid, session: pid, startTicks: '' } : undefined;
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** All processes of this machine that live now (Linux; elsewhere none can be listed). */
export function readProcessTable(): ProcessRow[] {
  if (platform() !== 'linux') return [];
  return listPids().flatMap((pid) => findProcess(pid) ?? []);
}

const listPids = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

/** Does the environment this process was started with hold `NAME=value`? */
export function hasMark(pid: number, name: string, value: string): boolean {
  const environment = read(`/proc/${pid}/environ`);
  return environment !== undefined && `\0${environment}`.includes(`\0${name}=${value}\0`);
}

/** A point in the count of processes: what is begun later has an id that comes after this one. */
export interface ForkPoint {
  lastPid: number;
  atMs: number;
}

export function forkPoint(): ForkPoint {
  const lastPid = Number(read('/proc/loadavg')?.trim().split(' ').at(-1) ?? 0);
  return { lastPid, atMs: performance.now() };
}

/** More processes than this no machine begins in a millisecond. */
const mostForksPerMs = 500;
const mostSingly = 200;

/**
 * The processes that were begun between two points and live. Ids are given out in turn, so these are the ids
 * between them; undefined where they may have gone all the way round meanwhile, and everybody has to be looked at.
 */
export function begunBetween(from: ForkPoint, to: ForkPoint): ProcessRow[] | undefined {
  const most = Number(read('/proc/sys/kernel/pid_max') ?? 0);
  if (from.lastPid === 0 || (to.atMs - from.atMs) * mostForksPerMs >= most) return undefined;
  const count = (to.lastPid - from.lastPid + most) % most;
  const isBetween = (pid: number) => pid !== from.lastPid && (pid - from.lastPid + most) % most <= count;
  const ids =
    count <= mostSingly
      ? Array.from({ length: count }, (_, i) => (from.lastPid + i + 1) % most).filter((pid) =>
          existsSync(`/proc/${pid}`),
        )
      : listPids().filter(isBetween);
  return ids.flatMap((pid) => findProcess(pid) ?? []);
}
