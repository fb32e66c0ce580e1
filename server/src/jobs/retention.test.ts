import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asText, keep, merged, type Piece, type Share, trimTo } from './retention.ts';

const at = '2026-01-01T00:00:00.000Z';
/** Pieces as a program makes them: in order, of both streams, now and then after something was left out. */
const Written = fc
  .array(
    fc.record({
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      skippedBytes: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 99 })),
    }),
    { maxLength: 40 },
  )
  .map((writes) => {
    const place = { stdout: 0, stderr: 0 };
    return writes.map(({ stream, text, skippedBytes }, index): Piece => {
      const sizeBytes = Buffer.byteLength(text);
      const piece = { seq: index + 1, at, stream, text, skippedBytes, sizeBytes };
      const begin = place[stream] + skippedBytes;
      place[stream] = begin + sizeBytes;
      return { ...piece, place: begin };
    });
  });
const textOf = (pieces: Piece[], name: string) => asText(pieces.filter(({ stream }) => stream === name));

it('merges without changing what was written, nor its order', () => {
  fc.assert(
    fc.property(Written, fc.integer({ min: 16, max: 2_000 }), (pieces, limit) => {
      const fewer = merged(pieces, limit);
      for (const name of ['stdout', 'stderr']) expect(textOf(fewer, name)).toBe(textOf(pieces, name));
      expect(fewer.map(({ seq }) => seq)).toEqual(fewer.map(({ seq }) => seq).toSorted((a, b) => a - b));
    }),
  );
});

it('fills the beginning to its half, then the end, and counts the same however it comes', () => {
  const Sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
  fc.assert(
    fc.property(Sizes, fc.integer({ min: 10, max: 500 }), fc.nat(60), (sizes, limit, cutAt) => {
      const items = sizes.map((size, index) => ({ seq: index + 1, size }));
      const whole = keep(undefined, items, limit);
      const first: Share | undefined =
        cutAt === 0 ? undefined : keep(undefined, items.slice(0, cutAt), limit);
      expect(keep(first, items.slice(cutAt), limit)).toEqual(whole);
      expect(whole.head).toBeLessThanOrEqual(Math.ceil(limit / 2));
      expect(whole.head + whole.tail).toBe(sizes.reduce((sum, size) => sum + size, 0));
      if (trimTo(whole, limit) === undefined) expect(whole.tail).toBeLessThanOrEqual((limit / 2) * 1.25 + 2);
    }),
  );
});
