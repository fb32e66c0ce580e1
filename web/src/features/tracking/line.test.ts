import type { SeriesLine } from '@hearth/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extended, plotted } from './line.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const point = (step: number, value: number | 'NaN' = 1) => ({ step, at: at(step * 2), value });
const line = (points: SeriesLine['points']): SeriesLine => ({
  run_id: '0'.repeat(32),
  key: 'loss',
  exact: true,
  points,
});
const live = (step: number, key = 'loss') => ({ key, ...point(step) });

test('drawn by step, or by seconds from the first point; what is no number leaves a gap', () => {
  const one = line([point(3), point(4, 'NaN')]);
  expect(plotted(one, 'step')).toEqual([
    { x: 3, y: 1 },
    { x: 4, y: null },
  ]);
  expect(plotted(one, 'time').map(({ x }) => x)).toEqual([0, 2]);
});

test('however points arrive, each step is there once and in order; other metrics are not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(60), { maxLength: 9 }), { maxLength: 12, size: 'max' }),
      (portions) => {
        const told = portions.reduce(
          (known, steps) => extended(known, [...steps.map((step) => live(step)), live(99, 'other')]),
          line([]),
        );
        expect(told.points.map(({ step }) => step)).toEqual(
          [...new Set(portions.flat())].sort((a, b) => a - b),
        );
      },
    ),
  );
});

test('a long run stays drawable, keeps its newest and says that it is not all', () => {
  let one = line([]);
  for (let step = 1; step <= 9000; step += 10)
    one = extended(
      one,
      Array.from({ length: 10 }, (_, i) => live(step + i)),
    );
  expect(one.points.length).toBeLessThanOrEqual(4000);
  expect(one.points[one.points.length - 1]?.step).toBe(9000);
  expect(one.exact).toBe(false);
});
