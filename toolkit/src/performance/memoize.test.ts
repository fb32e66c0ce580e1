import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { memoize } from './memoize.ts';

/** Counts its calls. */
const counted = () => {
  const calls: unknown[][] = [];
  const fn = (...args: unknown[]) => {
    calls.push(args);
    return calls.length;
  };
  return { fn, calls };
};

describe('memoize', () => {
  it('computes once for the same arguments, undefined results too', () => {
    const { fn, calls } = counted();
    const kept = memoize()((...args: unknown[]) => void fn(...args));
    for (let i = 0; i < 3; i++) expect(kept(1, { a: [2] })).toBeUndefined();
    expect(calls).toHaveLength(1);
  });

  it('tells values of different types and shapes apart', () => {
    const { fn, calls } = counted();
    const kept = memoize()(fn);
    const different = [
      [1],
      ['1'],
      [],
      [undefined],
      [null],
      [Number.NaN],
      [1n],
      [0],
      [-0],
      [[1]],
      [{ a: 1 }],
      ['a', 'b'],
      ['a,b'],
    ];
    for (const args of different) kept(...args);
    expect(calls).toHaveLength(different.length);
    expect(() => kept(() => 1)).toThrow('pass a key function');
  });

  it('drops the least recently used beyond its size', () => {
    const { fn, calls } = counted();
    const kept = memoize({ maxSize: 2 })(fn);
    for (const n of [1, 2, 1, 3, 1, 2]) kept(n);
    expect(calls.flat()).toEqual([1, 2, 3, 2]);
  });

  it('forgets after its TTL', () => {
    const clock = new ManualClock();
    clock.skip(1);
    const { fn, calls } = counted();
    const kept = memoize({ ttlMs: 100, clock })(fn);
    kept(1);
    clock.skip(100);
    kept(1);
    clock.skip(1);
    kept(1);
    expect(calls).toHaveLength(2);
  });

  it('does not keep failures; callers at the same time share one promise', async () => {
    let calls = 0;
    const kept = memoize()(async (_n: number) => {
      if (++calls === 1) throw new Error('first time');
      return calls;
    });
    const [first, second] = [kept(1), kept(1)];
    expect(first).toBe(second);
    await expect(first).rejects.toThrow('first time');
    expect(await kept(1)).toBe(2);
    expect(await kept(1)).toBe(2);
  });

  it('keeps the results of each instance apart, and takes a key of yours', () => {
    class Shop {
      readonly price: number;
      constructor(price: number) {
        this.price = price;
      }
      total = memoize()(function (this: Shop, count: number) {
        return this.price * count;
      });
    }
    const total = Shop.prototype.total ?? new Shop(0).total;
    expect([total.call(new Shop(2), 3), total.call(new Shop(5), 3)]).toEqual([6, 15]);
    const byId = memoize({ key: (user: { id: number }) => user.id })(
      (user: { id: number; name: string }) => user.name,
    );
    expect([byId({ id: 1, name: 'a' }), byId({ id: 1, name: 'b' })]).toEqual(['a', 'a']);
  });
});
