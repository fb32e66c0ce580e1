import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineSplitter } from './line-splitter.ts';

const collect = (pieces: Uint8Array[]) => {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
};

test('however the bytes are cut, the lines are the same', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ё', '漢', '🔥', ' '), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = new TextEncoder().encode(lines.map((one) => `${one}\n`).join(''));
      const at = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
      expect(collect(pieces)).toEqual(lines);
    }),
  );
});

test('keeps a last line without an end, and drops the carriage return', () => {
  expect(collect([Buffer.from('one\r\ntwo')])).toEqual(['one', 'two']);
});
