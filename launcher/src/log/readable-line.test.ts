import { expect, test } from 'vitest';
import { readableLine } from './readable-line.ts';

const at = '2026-01-02T03:04:05.678Z';
const clock = new Date(at).toTimeString().slice(0, 8);
const line = (fields: object) =>
  readableLine(JSON.stringify({ level: 30, time: at, service: 'server', ...fields }), false);

test('shows time, level, message and what belongs to it', () => {
  expect(line({ msg: 'Stopping.', reqId: 'x', reason: 'SIGTERM', count: 2 })).toBe(
    `${clock} info  Stopping. reason=SIGTERM count=2`,
  );
});

test('of a failure that another caused, what began it', () => {
  const err = { message: 'Failed query: select …', cause: { message: 'no such table', code: '42P01' } };
  expect(line({ level: 40, msg: 'Not now.', err })).toBe(`${clock} warn  Not now. err=no such table (42P01)`);
});

test('of an error its sentence; the stack is in the file', () => {
  const err = { type: 'Error', message: 'no space', code: 'ENOSPC', stack: 'Error: no space\n    at x.ts:1' };
  expect(line({ level: 50, msg: 'Failed.', err })).toBe(`${clock} error Failed. err=no space (ENOSPC)`);
});

test.each(['a plain word', '{"half":', '{"level":"info"}', '[1]', ''])('leaves %j as it is', (text) => {
  expect(readableLine(text, false)).toBe(text);
});

test('colours what needs looking at, and keeps a line one line', () => {
  expect(readableLine(JSON.stringify({ level: 40, time: at, msg: 'x' }), true)).toContain(
    '\u001b[33mwarn \u001b[0m',
  );
  expect(line({ msg: 'x', deep: { a: [1] }, long: 'y'.repeat(1000) }).length).toBeLessThan(400);
});
