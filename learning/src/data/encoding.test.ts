import { describe, expect, it } from 'vitest';
import { encodeCell, fitEncoding, standardisation, widthOf } from './encoding.ts';

const number = fitEncoding('n', ['1', undefined, '3'])!;
const category = fitEncoding('c', ['red', 'blue', 'red', undefined])!;
const encode = (encoding: typeof number, value: string | undefined) => {
  const into = new Float32Array(widthOf(encoding));
  return encodeCell(encoding, value, into, 0) && [...into];
};

describe('a number column', () => {
  it('keeps numbers raw and fills gaps with the mean', () => {
    expect(number).toMatchObject({ kind: 'number', mean: 2, deviation: 1 });
    expect(encode(number, '3')).toEqual([3]);
    expect(encode(number, undefined)).toEqual([2]);
  });

  it('refuses what is no number', () => expect(encode(number, 'many')).toBe(false));

  it('does not divide by a deviation of zero', () => {
    expect(fitEncoding('n', ['5', '5'])).toMatchObject({ deviation: 1 });
  });
});

describe('a category', () => {
  it('gives each value an input, most frequent first, and others the last', () => {
    expect(encode(category, 'red')).toEqual([1, 0, 0]);
    expect(encode(category, 'blue')).toEqual([0, 1, 0]);
    expect(encode(category, 'green')).toEqual([0, 0, 1]);
    expect(encode(category, undefined)).toEqual([1, 0, 0]);
  });

  it('is bounded: 32 values and the rest', () => {
    const cells = Array.from({ length: 400 }, (_, i) => `v${i % 50}`);
    expect(widthOf(fitEncoding('c', cells)!)).toBe(33);
  });

  it('is not made from texts that hardly repeat, nor from nothing', () => {
    expect(
      fitEncoding(
        'id',
        Array.from({ length: 40 }, (_, i) => `id-${i}`),
      ),
    ).toBeUndefined();
    expect(fitEncoding('empty', [undefined, undefined])).toBeUndefined();
  });
});

it('standardises numbers and leaves categories alone', () => {
  const { mean, deviation } = standardisation([number, category]);
  expect([...mean]).toEqual([2, 0, 0, 0]);
  expect([...deviation]).toEqual([1, 1, 1, 1]);
});
