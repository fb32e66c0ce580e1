import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextGate } from './text-gate.ts';

const through = (stops: string[], pieces: string[]) => {
  const gate = new TextGate(stops);
  const shown: string[] = [];
  for (const piece of pieces) {
    shown.push(gate.push(piece));
    if (gate.isStopped) return { shown, isStopped: true };
  }
  shown.push(gate.end());
  return { shown, isStopped: false };
};
const short = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀'), maxLength: 12 });
const stop = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 4 });

it('shows exactly what stands before the first stop string, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(short, { maxLength: 8 }), fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
      const text = pieces.join('');
      const ends = stops.map((s) => text.indexOf(s)).filter((i) => i >= 0);
      const { shown, isStopped } = through(stops, pieces);
      expect(isStopped).toBe(ends.length > 0);
      expect(shown.join('')).toBe(ends.length > 0 ? text.slice(0, Math.min(...ends)) : text);
    }),
  );
});

it('never shows half a character', () => {
  const units = '😀é👩‍👧三'.split('');
  const { shown } = through(['never'], units);
  expect(shown.join('')).toBe('😀é👩‍👧三');
  for (const piece of shown) expect(piece.isWellFormed()).toBe(true);
});

it('holds back no more than could become a stop string', () => {
  const gate = new TextGate(['END']);
  expect(gate.push('the E')).toBe('the ');
  expect(gate.push('N')).toBe('');
  expect(gate.push('T')).toBe('ENT');
  expect(gate.push('EN')).toBe('');
  expect(gate.push('D and more')).toBe('');
  expect(gate.isStopped).toBe(true);
});
