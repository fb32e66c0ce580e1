import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { png } from '../../testing/archives.ts';
import { readImageSize } from './image-size.ts';

const side = fc.integer({ min: 1, max: 16_000 });
const little = (bytes: number, ...values: number[]) => {
  const buffer = Buffer.alloc(bytes * values.length);
  values.forEach((value, index) => void buffer.writeUIntLE(value, index * bytes, bytes));
  return buffer;
};
const big = (...values: number[]) => {
  const buffer = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => void buffer.writeUInt16BE(value, index * 2));
  return buffer;
};
const riff = (kind: string, data: Buffer) =>
  Buffer.concat([Buffer.from('RIFF'), little(4, 100), Buffer.from(`WEBP${kind}`), little(4, 50), data]);

/** Heads of pictures as their formats describe them. */
const heads: [string, (width: number, height: number) => Buffer][] = [
  ['gif', (width, height) => Buffer.concat([Buffer.from('GIF89a'), little(2, width, height)])],
  ['bmp', (width, height) => Buffer.concat([Buffer.from('BM'), Buffer.alloc(16), little(4, width, height)])],
  [
    'jpeg',
    // An application block and a Huffman table before the frame.
    (width, height) =>
      Buffer.concat([
        ...[big(0xffd8, 0xffe1, 10), Buffer.alloc(8), big(0xffc4, 4), Buffer.alloc(2)],
        ...[big(0xffc2, 17), Buffer.from([8]), big(height, width)],
      ]),
  ],
  [
    'webp',
    (width, height) => riff('VP8X', Buffer.concat([Buffer.alloc(4), little(3, width - 1, height - 1)])),
  ],
  [
    'webp',
    (width, height) =>
      riff('VP8L', Buffer.concat([Buffer.from([0x2f]), little(4, (width - 1) | ((height - 1) << 14))])),
  ],
  ['webp', (width, height) => riff('VP8 ', Buffer.concat([Buffer.alloc(6), little(2, width, height)]))],
];

describe('the size of a picture', () => {
  it.each(heads)('is read from the head of a %s', (format, head) => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        expect(readImageSize(head(width, height))).toEqual({ format, width, height });
      }),
    );
  });
  it('is read from a png', () => {
    expect(readImageSize(png(40, 30))).toEqual({ format: 'png', width: 40, height: 30 });
  });
  it('is unknown for what is none, and nothing makes it fail', () => {
    const cut = fc
      .tuple(fc.constantFrom(...heads), fc.nat(60))
      .map(([[, head], at]) => head(9, 9).subarray(0, at));
    const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(cut, noise), (bytes) => {
        const size = readImageSize(bytes);
        if (size) expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(readImageSize(Buffer.from('hello'))).toBeUndefined();
  });
});
