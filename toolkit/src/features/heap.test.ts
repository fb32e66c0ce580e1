import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('gives the items back sorted, whatever the order of pushes and pops', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer(), { nil: undefined, freq: 3 }), { maxLength: 100, size: 'max' }),
      (script) => {
        const heap = new Heap<number>((a, b) => a < b);
        const reference: number[] = [];
        for (const step of script) {
          if (step === undefined) expect(heap.pop()).toBe(reference.shift());
          else {
            heap.push(step);
            reference.push(step);
            reference.sort((a, b) => a - b);
          }
          expect([heap.size, heap.peek()]).toEqual([reference.length, reference[0]]);
        }
      },
    ),
  );
});
