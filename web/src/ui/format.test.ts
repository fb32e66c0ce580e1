import { expect, test } from 'vitest';
import {
  formatBytes,
  formatBytesOf,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRelative,
} from './format.ts';

const plain = (text: string) => text.replace(/\s/g, ' ');

test('bytes, percent and numbers in three languages', () => {
  expect(formatBytes(0, 'en')).toBe('0 byte');
  expect(formatBytes(1536, 'en')).toBe('1.5 kB');
  expect(plain(formatBytes(5 * 1024 ** 3, 'ru'))).toBe('5 ГБ');
  expect(plain(formatBytesOf(402 * 1024 ** 3, 460 * 1024 ** 3, 'en'))).toBe('402 / 460 GB');
  expect(formatPercent(0.9471, 'en', 1)).toBe('94.7%');
  expect(plain(formatPercent(0.9471, 'ru', 1))).toBe('94,7 %');
  expect(formatNumber(0.00042, 'en')).toBe('0.00042');
  expect(formatNumber(123456.7, 'en')).toBe('123,457');
});

test('durations in their two largest parts', () => {
  expect(formatDuration(400, 'en')).toBe('0 sec');
  expect(formatDuration(42_000, 'en')).toBe('42 sec');
  expect(formatDuration(3_900_000, 'en')).toBe('1 hr 5 min');
  expect(formatDuration(3_605_000, 'en')).toBe('1 hr');
  expect(formatDuration(90_000_000, 'en')).toBe('1 day 1 hr');
});

test('moments as people say them, and a date when long ago', () => {
  const now = Date.parse('2026-06-01T12:00:00.000Z');
  expect(formatRelative('2026-06-01T11:59:58.000Z', now, 'en')).toBe('now');
  expect(formatRelative('2026-06-01T11:55:00.000Z', now, 'en')).toBe('5 min. ago');
  expect(formatRelative('2026-01-01T12:00:00.000Z', now, 'en')).toBe('Jan 1, 2026');
});
