/** Figures as people read them, pure: the locale is passed in. */
const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

const powerOf = (bytes: number): number =>
  bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));

export function formatBytes(bytes: number, locale: string): string {
  const power = powerOf(bytes);
  const value = bytes / 1024 ** power;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: byteUnits[power],
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** "402 / 460 GB": a part in the unit of its whole. */
export function formatBytesOf(part: number, whole: number, locale: string): string {
  const unit = 1024 ** powerOf(whole);
  const value = part / unit;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: value >= 100 ? 0 : 1 }).format(value);
  return `${number} / ${formatBytes(whole, locale)}`;
}

export const formatPercent = (fraction: number, locale: string, digits = 0): string =>
  new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(fraction);

/** `significant` keeps small losses readable: 0.00042 stays 0.00042. */
export const formatNumber = (value: number, locale: string, significant = 4): string =>
  Math.abs(value) >= 10 ** significant
    ? new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value)
    : new Intl.NumberFormat(locale, { maximumSignificantDigits: significant }).format(value);

const parts = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** The two largest parts: "1 h 5 min", "42 s". */
export function formatDuration(ms: number, locale: string): string {
  let rest = Math.max(0, Math.round(ms / 1000) * 1000);
  const out: string[] = [];
  for (const [unit, size] of parts) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && !(unit === 'second' && out.length === 0)) {
      if (out.length > 0) break;
      continue;
    }
    out.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count));
    if (out.length === 2) break;
  }
  return out.join(' ');
}

const steps = [
  ['second', 1000, 60_000],
  ['minute', 60_000, 3_600_000],
  ['hour', 3_600_000, 86_400_000],
  ['day', 86_400_000, 30 * 86_400_000],
] as const;

/** "5 minutes ago"; a plain date from a month on. */
export function formatRelative(at: string, nowMs: number, locale: string): string {
  const ms = Date.parse(at) - nowMs;
  const step = steps.find(([, , below]) => Math.abs(ms) < below);
  if (!step) return formatDate(at, locale);
  const [unit, size] = step;
  const count = unit === 'second' && Math.abs(ms) < 5000 ? 0 : Math.trunc(ms / size);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }).format(count, unit);
}

export const formatDate = (at: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(at));
export const formatDateTime = (at: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
export const formatTime = (at: string | number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(at));
