import { expect, test } from 'vitest';
import { parsePidFile } from './pid-file.ts';

const recorded = `6501
/proc/self/fd/3
1795397625
5432
/proc/self/fd/4

 16039955        12
ready   
`;

test('reads a file that PostgreSQL 18 wrote', () => {
  expect(parsePidFile(recorded)).toEqual({ pid: 6501, startedAt: new Date(1795397625000), ready: true });
});

test('knows a server that is still starting', () => {
  expect(parsePidFile(recorded.replace('ready   ', 'starting'))?.ready).toBe(false);
  expect(parsePidFile(recorded.split('\n').slice(0, 4).join('\n'))?.ready).toBe(false);
});

test.each(['', '\n', 'abc\n/x\n1795397625\n', '-5\n/x\n1795397625\n', '6501\n'])(
  'makes nothing of a broken file %j',
  (text) => {
    expect(parsePidFile(text)).toBeUndefined();
  },
);
