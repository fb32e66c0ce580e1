import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clip, splitText } from './split-text.ts';

const text = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '. ', 'ж', '👩‍👩‍👧', '🇷🇺', 'e\u0301', 'слово '),
  maxLength: 400,
});
const graphemes = (of: string) => [...new Intl.Segmenter('ru').segment(of)].map(({ segment }) => segment);

it('loses nothing, and no part is longer than the limit', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 20, max: 200 }), (whole, limit) => {
      const parts = splitText(whole, limit);
      expect(parts.join('')).toBe(whole);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
    }),
  );
});

it('never cuts through what a reader takes for one character', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 20, max: 200 }), (whole, limit) => {
      expect(splitText(whole, limit).flatMap(graphemes)).toEqual(graphemes(whole));
    }),
  );
});

it('keeps the ends of parts while the text grows', () => {
  fc.assert(
    fc.property(text, text, fc.integer({ min: 20, max: 100 }), (whole, more, limit) => {
      const before = splitText(whole, limit).slice(0, -1);
      expect(splitText(whole + more, limit).slice(0, before.length)).toEqual(before);
    }),
  );
});

it('prefers the end of a paragraph, then of a line, a sentence, a word', () => {
  expect(splitText('первый абзац\n\nвторой', 16)).toEqual(['первый абзац\n\n', 'второй']);
  expect(splitText('одна строка\nдругая', 14)).toEqual(['одна строка\n', 'другая']);
  expect(splitText('Раз два три. Четыре', 15)).toEqual(['Раз два три. ', 'Четыре']);
  expect(splitText('а'.repeat(30), 20)).toEqual(['а'.repeat(20), 'а'.repeat(10)]);
});

it('takes a single overlong grapheme apart rather than going on for ever', () => {
  const monster = `e${'\u0301'.repeat(500)}`;
  expect(splitText(monster, 50).join('')).toBe(monster);
  expect(clip(monster, 50).length).toBe(50);
});
