import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { jobMarker } from '../config.ts';
import { limitMark } from './limit-mark.ts';
import { forkPoint, type ProcessRow } from './process-table.ts';
import { findJobProcesses, isGone, membersOf, stopTree } from './stop-tree.ts';

const row = (pid: number, parent: number, group = pid, session = group): ProcessRow => ({
  pid,
  parent,
  group,
  session,
  startTicks: '1',
});

it('takes in descendants, sessions and groups, and nobody else', () => {
  const table = [row(10, 1), row(11, 10, 10), row(12, 11), row(13, 1, 12), row(20, 1), row(21, 20)];
  expect(membersOf(table, (r) => r.pid === 10).map((r) => r.pid)).toEqual([10, 11, 12, 13]);
  expect(membersOf(table, () => false)).toEqual([]);
});

it('takes in every descendant of a marked process, in whatever order the table is', () => {
  const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(trees, fc.func(fc.nat()), (parents, order) => {
      const rows = parents.map((p, i) => row(100 + i, i === 0 ? 1 : 100 + (p % i)));
      const shuffled = [...rows].sort((a, b) => order(a.pid) - order(b.pid));
      expect(membersOf(shuffled, (r) => r.pid === 100)).toHaveLength(rows.length);
    }),
  );
});

/** Starts a shell script as a job's process would be, and waits until it has said `ready`. */
async function startJob(script: string): Promise<{ jobId: string; child: ChildProcess; root: number }> {
  const jobId = randomUUID();
  const { kib } = limitMark(jobId);
  const child = spawn('bash', ['-c', `ulimit -m ${kib}\n${script}`], {
    detached: true,
    env: { ...process.env, [jobMarker]: jobId },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => stopTree({ jobId }, 0));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  await sleep(150);
  return { jobId, child, root: child.pid ?? 0 };
}

async function expectAllDead(
  script: string,
  atLeast: number,
  beforehand?: (root: number) => void,
): Promise<void> {
  const { jobId, root } = await startJob(script);
  beforehand?.(root);
  expect(findJobProcesses(jobId, root).length).toBeGreaterThanOrEqual(atLeast);
  const ordered = performance.now();
  await stopTree({ jobId, root });
  expect(performance.now() - ordered).toBeLessThan(5000);
  expect(findJobProcesses(jobId, root)).toEqual([]);
}

it('ends a job that ends by itself, without waiting for the grace time', async () => {
  const { jobId, root } = await startJob('echo ready; sleep 60');
  const ordered = performance.now();
  await stopTree({ jobId, root });
  expect(performance.now() - ordered).toBeLessThan(1000);
});

it('ends children and grandchildren', () =>
  expectAllDead('(sleep 60 & sleep 60) & sleep 60 & echo ready; wait', 4));

it('ends what called setsid', () =>
  expectAllDead('setsid sleep 60 & setsid bash -c "setsid sleep 60 & sleep 60" & echo ready; sleep 60', 5));

it('ends what forked twice and was re-parented, also after its root is gone', async () => {
  const script = '(setsid bash -c "sleep 60 & sleep 60" & ) ; echo ready; sleep 60';
  await expectAllDead(script, 4);
  await expectAllDead(script, 3, (root) => process.kill(root, 'SIGKILL'));
});

it('ends what cleaned its environment, by its parent or session', () =>
  expectAllDead('env -i bash -c "sleep 60 & sleep 60" & env -i setsid sleep 60 & echo ready; sleep 60', 5));

it('ends what ignores SIGTERM, everywhere in the tree', () =>
  expectAllDead(
    `trap '' TERM; bash -c "trap '' TERM; setsid bash -c 'while :; do sleep 1; done' & while :; do sleep 1; done" & echo ready; while :; do sleep 1; done`,
    4,
  ));

it('ends a tree that keeps forking faster than it is killed', () =>
  expectAllDead(
    `trap '' TERM; bomb() { trap '' TERM; while :; do (setsid sleep 5 &); (sleep 5 &); sleep 0.05; done; }; for i in $(seq 10); do bomb & done; echo ready; wait`,
    20,
  ));

it('ends what shed all but its limits: environment, session, parent, files and folder', () =>
  expectAllDead(
    'for i in 1 2 3; do (env -i setsid sh -c "cd /; exec sleep 60 </dev/null >/dev/null 2>&1" &); done; echo ready; sleep 60',
    3,
    (root) => process.kill(root, 'SIGKILL'),
  ));

it('proves by what was begun since that nobody is left, and sees the one who is', async () => {
  const since = forkPoint();
  const { jobId, root, child } = await startJob('(env -i setsid sleep 60 &); echo ready');
  await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(0)));
  for (const tree of [{ jobId, since }, { jobId, root, since }, { jobId }]) expect(isGone(tree)).toBe(false);
  await stopTree({ jobId, root });
  for (const tree of [{ jobId, since }, { jobId, root, since }, { jobId }]) expect(isGone(tree)).toBe(true);
});
