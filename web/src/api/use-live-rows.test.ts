import { expect, test } from 'vitest';
import { applyChange } from './use-live-rows.ts';

interface Row {
  id: string;
  state: string;
}
const keyOf = ({ id }: Row) => id;
const rows: readonly Row[] = [
  { id: 'a', state: 'running' },
  { id: 'b', state: 'queued' },
];

test('a known row is replaced in place, a new one comes first, a removed one goes', () => {
  expect(applyChange(rows, { row: { id: 'b', state: 'running' } }, { keyOf }).map(keyOf)).toEqual(['a', 'b']);
  expect(applyChange(rows, { row: { id: 'c', state: 'queued' } }, { keyOf }).map(keyOf)).toEqual([
    'c',
    'a',
    'b',
  ]);
  expect(applyChange(rows, { removed: 'a' }, { keyOf }).map(keyOf)).toEqual(['b']);
});

test('a row that no longer belongs into a filtered list leaves it, and one that never did stays out', () => {
  const accepts = ({ state }: Row) => state === 'running';
  expect(applyChange(rows, { row: { id: 'a', state: 'failed' } }, { keyOf, accepts }).map(keyOf)).toEqual([
    'b',
  ]);
  expect(applyChange(rows, { row: { id: 'c', state: 'failed' } }, { keyOf, accepts })).toEqual(rows);
});
