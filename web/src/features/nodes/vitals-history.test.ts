import type { Vitals } from '@hearth/contract';
import { expect, test } from 'vitest';
import { extendHistory, lineOf } from './vitals-history.ts';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const reading = (second: number, cpu: number | null = 0.5): Vitals => ({
  at: new Date(start + second * 1000).toISOString(),
  cpu_fraction: cpu,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  disk_used_bytes: null,
  disk_total_bytes: null,
  load_1m: null,
  network_rx_bytes_per_second: null,
  network_tx_bytes_per_second: null,
  gpus: [],
});
const cpu = (one: Vitals) => one.cpu_fraction;

test('new readings are appended once, old ones leave the window', () => {
  const history = [reading(0), reading(2)];
  expect(extendHistory(history, [reading(2)], 60_000)).toBe(history);
  const extended = extendHistory(history, [reading(2), reading(61)], 60_000);
  expect(extended.map((one) => one.at.slice(17, 19))).toEqual(['02', '01']);
});

test('a long history is thinned to means, and keeps its mean', () => {
  const line = lineOf(
    Array.from({ length: 3000 }, (_, i) => reading(i * 2, i % 2)),
    cpu,
    300,
  );
  expect(line.length).toBeLessThanOrEqual(302);
  const mean = line.reduce((sum, point) => sum + (point.y ?? 0), 0) / line.length;
  expect(mean).toBeCloseTo(0.5, 1);
});

test('a silence breaks the line instead of being bridged, and the unknown is not zero', () => {
  const line = lineOf([reading(0), reading(2), reading(100), reading(102, null)], cpu);
  expect(line.map((point) => point.y)).toEqual([0.5, 0.5, null, 0.5, null]);
  expect(lineOf([], cpu)).toEqual([]);
});
