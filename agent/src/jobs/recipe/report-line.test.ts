import { expect, it } from 'vitest';
import { parseLine } from './report-line.ts';

it.each([
  ['{"metrics": {"loss": 0.3}, "step": 3}', { metrics: { loss: 0.3 }, step: 3 }],
  ['  {"metrics":{"loss":NaN,"a":-Infinity,"b":[1][0]}}', undefined],
  [
    '{"metrics": {"loss": NaN, "gain": -Infinity}, "step": 1}',
    { metrics: { loss: 'NaN', gain: '-Infinity' } },
  ],
  [
    '{"params": {"depth": 3, "kind": "tree", "fast": true}}',
    { params: { depth: 3, kind: 'tree', fast: true } },
  ],
  ['{"progress": {"done": 3, "total": 10}}', { progress: { done: 3, total: 10, unit: 'epochs' } }],
  ['{"checkpoint": "a.pt", "epoch": 3}', { checkpoint: 'a.pt', epoch: 3 }],
  ['{"log": "NaN, Infinity"}', { log: 'NaN, Infinity', level: 'INFO' }],
])('reads %s', (line, report) => {
  const parsed = parseLine(line);
  if (report) expect(parsed).toMatchObject({ kind: 'report', report });
  else expect(parsed.kind).toBe('text');
});

it.each(['Epoch 1', '{"epoch": 1, "loss": 0.3}', '{not json}', '[1]', '', '{"a": "{"}'])(
  'leaves %s as it is',
  (line) => {
    expect(parseLine(line)).toEqual({ kind: 'text' });
  },
);

it.each([
  '{"metrics": {"loss": "low"}}',
  '{"metrics": {"a\\nb": 1}}',
  '{"metrics": {"loss": 1}, "step": 1.5}',
  '{"progress": {"done": -1}}',
  '{"log": 3}',
])('says what is wrong with %s', (line) => {
  expect(parseLine(line)).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining('✖') });
});
