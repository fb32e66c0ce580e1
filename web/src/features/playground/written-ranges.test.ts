import fc from 'fast-check';
import { expect, test } from 'vitest';
import { piecesOf, rangesAfterEdit } from './written-ranges.ts';

/** Writes what the model wrote in capitals, so that marks and text can be compared. */
const marksOf = (text: string, ranges: { start: number; end: number }[]) =>
  piecesOf(text, ranges)
    .map((piece) => (piece.written ? `[${piece.text}]` : piece.text))
    .join('');

const own = fc.stringMatching(/^[a-f]{0,8}$/);
const model = fc.stringMatching(/^[U-Z]{0,8}$/);

test('whatever is typed or deleted wherever, the pieces are the text, and only the model’s letters are marked', () => {
  fc.assert(
    fc.property(own, model, own, fc.nat(), fc.nat(), own, (a, m, b, x, y, typed) => {
      const before = a + m + b;
      const [from, to] = [x % (before.length + 1), y % (before.length + 1)].sort((p, q) => p - q) as [
        number,
        number,
      ];
      const after = before.slice(0, from) + typed + before.slice(to);
      const ranges = rangesAfterEdit(m ? [{ start: a.length, end: a.length + m.length }] : [], before, after);
      const pieces = piecesOf(after, ranges);
      expect(pieces.map(({ text }) => text).join('')).toBe(after);
      for (const { text, written } of pieces) expect(text).toMatch(written ? /^[U-Z]+$/ : /^[a-f]+$/);
    }),
  );
});

test('typing after the continuation leaves it marked; typing inside splits it', () => {
  const ranges = [{ start: 2, end: 6 }];
  expect(marksOf('abWXYZ!', rangesAfterEdit(ranges, 'abWXYZ', 'abWXYZ!'))).toBe('ab[WXYZ]!');
  expect(marksOf('abWX-YZ', rangesAfterEdit(ranges, 'abWXYZ', 'abWX-YZ'))).toBe('ab[WX]-[YZ]');
});
