import fc from 'fast-check';
import { expect, it } from 'vitest';
import { strayBytes, wholeCharacters } from './utf8.ts';

it('cuts a text anywhere without breaking a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(200), (text, at) => {
      const bytes = Buffer.from(text.toWellFormed());
      const end = Math.min(at, bytes.length);
      const whole = wholeCharacters(bytes, 0, end);
      expect(end - whole).toBeLessThan(4);
      expect(bytes.toString('utf8', 0, whole) + bytes.toString('utf8', whole)).toBe(bytes.toString('utf8'));
      const tail = bytes.subarray(end);
      expect(tail.toString('utf8', strayBytes(tail))).not.toMatch(/^\uFFFD/);
    }),
  );
});

it('does not wait for the rest of what is no text', () => {
  expect(wholeCharacters(Buffer.from([0x80, 0x80, 0x80, 0x80]), 0, 4)).toBe(4);
  expect(wholeCharacters(Buffer.from([0x41, 0xff]), 0, 2)).toBe(1);
  expect(strayBytes(Buffer.alloc(9, 0x80))).toBe(3);
});
