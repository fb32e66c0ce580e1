import fc from 'fast-check';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { expect, it } from 'vitest';
import { TokenText } from './token-text.ts';

/** A tokenizer whose tokens are single bytes, the hardest case there is. */
const bytes: Pick<LlamaModel, 'detokenize'> = {
  detokenize: (tokens) => Buffer.from(tokens).toString('utf8'),
};

it('never gives half a character, and all of them in the end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const out = new TokenText(bytes, []);
      const pieces = [...Buffer.from(text)].map((byte) => out.push(byte as Token));
      for (const piece of pieces) expect(piece.includes('\uFFFD') && !text.includes('\uFFFD')).toBe(false);
      expect(pieces.join('') + out.end()).toBe(text);
    }),
  );
});

it('does not wait for ever for bytes that never become a character', () => {
  const out = new TokenText(bytes, []);
  const pieces = [0x80, 0x80, 0x80, 0x80, 0x41].map((byte) => out.push(byte as Token));
  expect(pieces.join('')).toBe('\uFFFD\uFFFD\uFFFD\uFFFDA');
  expect(out.push(0xe2 as Token)).toBe('');
  expect(out.end()).toBe('\uFFFD');
});
