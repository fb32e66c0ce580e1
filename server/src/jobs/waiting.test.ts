import { Waiting } from '@hearth/contract';
import { expect, it } from 'vitest';
import { cannotBegin, shortage } from './waiting.ts';

const kind = 'training';
const told = [
  cannotBegin({ kind, gpuCount: 0, size: 1 }, 0),
  cannotBegin({ kind, gpuCount: 2, size: 1 }, 0),
  cannotBegin({ kind, gpuCount: 0, size: 3 }, 1),
  cannotBegin({ kind, gpuCount: 1, size: 3 }, 2),
  shortage({ kind, gpuCount: 1, size: 1 }, 0),
  shortage({ kind, gpuCount: 1, size: 2 }, 1),
];

it('gives every reason with the code and the counts the contract names', () => {
  expect(told.map((reason) => Waiting.parse(reason))).toEqual(told);
  expect(new Set(told.map((reason) => reason?.code)).size).toBe(Waiting.options.length);
});

it('says it in English too', () => {
  expect(told.map((reason) => reason?.message)).toEqual([
    'Needs a machine for training jobs; online are 0.',
    'Needs a machine with 2 GPUs for training jobs; online are 0.',
    'Needs 3 machines at once for training jobs; online is 1.',
    'Needs 3 machines at once with 1 GPU for training jobs; online are 2.',
    'Waits until 1 GPU of one machine are free.',
    'Waits until 2 machines have room at once; 1 of them has.',
  ]);
});

it('gives none for one that waits for its turn alone', () => {
  expect(shortage({ kind, gpuCount: 0, size: 1 }, 0)).toBeUndefined();
});
