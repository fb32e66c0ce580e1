import { Writable } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { LiveBundles } from './live-bundles.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A wire that notes what left together. */
function wireOf() {
  const left: string[] = [];
  const wire = new Writable({
    write: (chunk, _encoding, done) => done(void left.push(String(chunk))),
    writev: (chunks, done) => done(void left.push(chunks.map(({ chunk }) => String(chunk)).join(''))),
  });
  return { wire, left };
}
const telling = (bundles: LiveBundles, wire: Writable) => (text: string) => {
  bundles.before(wire);
  wire.write(text);
};

it('lets the first frame go at once, and those that follow soon go together', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const bundles = new LiveBundles(5);
  const [one, two] = [wireOf(), wireOf()];
  const tell = telling(bundles, one.wire);
  for (const text of ['a', 'b', 'c']) tell(text);
  telling(bundles, two.wire)('x');
  expect(one.left).toEqual(['a']);
  expect(two.left).toEqual(['x']);
  vi.advanceTimersByTime(5);
  expect(one.left).toEqual(['a', 'bc']);
  tell('d');
  expect(one.left, 'not quiet yet').toEqual(['a', 'bc']);
  vi.advanceTimersByTime(5);
  expect(one.left).toEqual(['a', 'bc', 'd']);
  vi.advanceTimersByTime(5);
  tell('e');
  expect(one.left, 'quiet again').toEqual(['a', 'bc', 'd', 'e']);
  vi.advanceTimersByTime(5);
  expect(vi.getTimerCount(), 'no timer while nothing is told').toBe(0);
});

it('holds no more than some kilobytes of a wire', () => {
  const { wire, left } = wireOf();
  const tell = telling(new LiveBundles(1_000), wire);
  for (let i = 0; i < 100; i += 1) tell('x'.repeat(4_000));
  expect(left.length).toBeGreaterThan(4);
  expect(wire.writableLength).toBeLessThan(80_000);
  wire.destroy();
});
