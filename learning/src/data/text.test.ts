import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildVocabulary, decodeText, encodeText, prepareText, vocabularySize } from './text.ts';

it('encodes and decodes every text of its own characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('\u2581') && !text.includes('\0'));
      const vocabulary = buildVocabulary(text);
      expect(decodeText(encodeText(text, vocabulary), vocabulary)).toBe(text);
    }),
  );
});

it('orders characters by frequency and calls others unknown', () => {
  const vocabulary = buildVocabulary('abracadabra');
  expect(vocabulary.characters.join('')).toBe('abrcd');
  expect(vocabularySize(vocabulary)).toBe(6);
  expect([...encodeText('bzb', vocabulary)]).toEqual([2, 0, 2]);
  expect(decodeText([2, 0], vocabulary)).toBe('b\uFFFD');
});

it('has no token for what would break the export: lone surrogates, NUL and the space mark', () => {
  expect(buildVocabulary('a\uD800\0\u2581').characters).toEqual(['a']);
});

it('is bounded to 2048 characters', () => {
  const text = Array.from({ length: 5000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
  expect(buildVocabulary(text).characters).toHaveLength(2048);
});

it('holds out the tail and learns the vocabulary from the rest', () => {
  const { training, validation, vocabulary } = prepareText(`${'ab\r\n'.repeat(30)}zzzzzzzzzz`, 8, 0.1);
  expect([training.length, validation.length]).toEqual([90, 10]);
  expect(vocabulary.characters).toEqual(['\n', 'a', 'b']);
  expect([...validation]).toEqual(new Array(10).fill(0));
});

it('says how long a text must be', () => {
  expect(() => prepareText('short', 256)).toThrow(expect.objectContaining({ code: 'dataset.too_short' }));
  expect(() => prepareText('short', 256)).toThrow('at least 323 are needed');
  expect(() => prepareText('x'.repeat(323), 256)).not.toThrow();
});
