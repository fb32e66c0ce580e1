import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerRange } from './byte-range.ts';

const etag = '"abc"';
const ask = (range: string | undefined, size = 10, ifRange?: string) =>
  answerRange(size, etag, { range, 'if-range': ifRange });

describe('answerRange', () => {
  it('gives whole files without a usable range', () => {
    for (const range of [
      undefined,
      '',
      'bytes=',
      'bytes=-',
      'lines=0-1',
      'bytes=0-1,4-5',
      'bytes=5-2',
      'bytes=a-b',
    ])
      expect(ask(range)).toEqual({ kind: 'whole' });
  });
  it('cuts at the end, reads suffixes, refuses what lies behind the end', () => {
    expect(ask('bytes=2-4')).toEqual({ kind: 'part', start: 2, end: 4 });
    expect(ask('bytes=2-400')).toEqual({ kind: 'part', start: 2, end: 9 });
    expect(ask('bytes=7-')).toEqual({ kind: 'part', start: 7, end: 9 });
    expect(ask('bytes=-3')).toEqual({ kind: 'part', start: 7, end: 9 });
    expect(ask('bytes=10-')).toEqual({ kind: 'unsatisfiable' });
    expect(ask('bytes=-0')).toEqual({ kind: 'unsatisfiable' });
    expect(ask('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
  });
  it('sends the whole file when If-Range names another one', () => {
    expect(ask('bytes=2-4', 10, '"old"')).toEqual({ kind: 'whole' });
    expect(ask('bytes=2-4', 10, etag)).toEqual({ kind: 'part', start: 2, end: 4 });
  });
  it('never leaves the file', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.string(), fc.nat(2000), fc.nat(2000), (size, noise, a, b) => {
        for (const range of [noise, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
          const answer = ask(range, size);
          if (answer.kind !== 'part') continue;
          expect(answer.start).toBeGreaterThanOrEqual(0);
          expect(answer.end).toBeLessThan(size);
          expect(answer.start).toBeLessThanOrEqual(answer.end);
        }
      }),
    );
  });
});
