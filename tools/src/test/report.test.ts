import { expect, it } from 'vitest';
import { coverageByRoom, tally } from './report.ts';

const test = (status: string, fullName = 'a test') => ({ status, fullName });

it('counts each test once, and a file that broke before its tests as a failure', () => {
  const report = {
    testResults: [
      { name: 'a', status: 'passed', assertionResults: [test('passed'), test('pending', 'needs Chromium')] },
      { name: 'b', status: 'failed', assertionResults: [test('failed'), test('passed')] },
      { name: 'c', status: 'failed', assertionResults: [] },
    ],
  };
  expect(tally(report)).toEqual({ passed: 2, failed: 2, leftOut: ['needs Chromium'] });
});

it('adds coverage up by room', () => {
  const files: [string, { total: number; covered: number }][] = [
    ['/r/server/src/a.ts', { total: 10, covered: 10 }],
    ['/r/server/src/b.ts', { total: 10, covered: 5 }],
    ['/r/tools/src/c.ts', { total: 1, covered: 0 }],
    ['/elsewhere/server/src/d.ts', { total: 1, covered: 0 }],
  ];
  expect([...coverageByRoom(files, '/r/')]).toEqual([['server', 0.75]]);
});
