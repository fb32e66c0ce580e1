import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeModel } from './model.ts';
import { readMetadata } from './read-metadata.ts';

const graph = { name: 'empty', nodes: [], inputs: [], outputs: [], constants: [] };

it('reads back what was stored in a model', () => {
  const pairs = fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(pairs, (metadata) => {
      expect(Object.entries(readMetadata(encodeModel({ ...graph, metadata })))).toEqual(
        Object.entries(metadata),
      );
    }),
  );
});

it('refuses bytes that are no model', () => {
  expect(() => readMetadata(Uint8Array.of(0x72, 0xff, 0x01))).toThrow(RangeError);
  expect(() => readMetadata(new TextEncoder().encode('GGUF…'))).toThrow(RangeError);
});
