import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { begunBetween, findProcess, forkPoint, hasMark, parseStat } from './process-table.ts';

it('reads a process whose name tries to look like more', () => {
  const stat = `4242 (a) Z 9 (b) S 17 4200 4100 0 -1 4194560 ${'0 '.repeat(12)}987654 0 0\n`;
  expect(parseStat(stat)).toEqual({
    pid: 4242,
    parent: 17,
    group: 4200,
    session: 4100,
    startTicks: '987654',
  });
});

it('counts the dead as dead', () => {
  expect(parseStat('5 (x) Z 1 5 5 0 -1 0 0 0')).toBeUndefined();
});

it('knows this process and its environment', () => {
  expect(findProcess(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
  expect(hasMark(process.pid, 'PATH', 'surely not')).toBe(false);
  expect(findProcess(2 ** 30)).toBeUndefined();
});

it('knows who was begun since, and when that cannot be told', async () => {
  const before = forkPoint();
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const after = forkPoint();
  const begun = begunBetween(before, after)?.map((row) => row.pid);
  expect(begun).toContain(child.pid);
  expect(begun).not.toContain(process.pid);
  expect(begunBetween(after, forkPoint())?.map((row) => row.pid)).not.toContain(child.pid);
  // Ids may have gone round once: nothing follows from them any more.
  expect(begunBetween({ ...before, atMs: before.atMs - 3_600_000 }, after)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(begunBetween(before, after)?.map((row) => row.pid)).not.toContain(child.pid);
});
