import { expect, it } from 'vitest';
import { findProcess, hasMark, parseStat } from './process-table.ts';

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
