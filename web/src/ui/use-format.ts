import { useI18n } from 'vue-i18n';
import * as format from './format.ts';

/** The formatters in the page's language; inside a template they follow a change of it. */
export function useFormat() {
  const { locale } = useI18n();
  const bound =
    <A extends unknown[]>(formatter: (value: A[0], locale: string, ...rest: never[]) => string) =>
    (value: A[0]): string =>
      formatter(value, locale.value);
  return {
    bytes: bound<[number]>(format.formatBytes),
    duration: bound<[number]>(format.formatDuration),
    date: bound<[string]>(format.formatDate),
    dateTime: bound<[string]>(format.formatDateTime),
    time: bound<[string | number]>(format.formatTime),
    bytesOf: (part: number, whole: number) => format.formatBytesOf(part, whole, locale.value),
    percent: (fraction: number, digits = 0) => format.formatPercent(fraction, locale.value, digits),
    number: (value: number, significant = 4) => format.formatNumber(value, locale.value, significant),
    relative: (at: string, nowMs = Date.now()) => format.formatRelative(at, nowMs, locale.value),
  };
}
