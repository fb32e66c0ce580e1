import type { JobOutput } from '@hearth/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinPieces, partsOf } from './pieces.ts';

const piece = (seq: number, text: string, more: Partial<JobOutput> = {}): JobOutput => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  stream: 'stdout',
  offset: 0,
  skipped_bytes: 0,
  text,
  ...more,
});

test('however it arrives, in whatever portions, repeated or not, every piece is there once and in order', () => {
  const all = Array.from({ length: 12 }, (_, i) => piece(i + 1, String(i)));
  const portion = fc
    .tuple(fc.nat(11), fc.nat(11))
    .map(([a, b]) => all.slice(Math.min(a, b), Math.max(a, b) + 1));
  fc.assert(
    fc.property(fc.array(portion, { size: 'max', maxLength: 8 }), (portions) => {
      const joined = portions.reduce((known, added) => joinPieces(known, added), [] as readonly JobOutput[]);
      const told = new Set(portions.flat().map(({ seq }) => seq));
      expect(joined.map(({ seq }) => seq)).toEqual([...told].sort((a, b) => a - b));
    }),
  );
});

test('joins neighbours of one stream, and keeps a cut in sight', () => {
  const pieces = [
    piece(1, 'a'),
    piece(2, 'b'),
    piece(3, 'oops', { stream: 'stderr' }),
    piece(4, 'c'),
    piece(5, 'd', { skipped_bytes: 9 }),
  ];
  expect(partsOf(pieces, 'both').map(({ text, skippedBytes }) => [text, skippedBytes])).toEqual([
    ['ab', 0],
    ['oops', 0],
    ['c', 0],
    ['d', 9],
  ]);
  expect(partsOf(pieces, 'stderr').map(({ text }) => text)).toEqual(['oops']);
});
