import { useI18n } from 'vue-i18n';
import { useFormat } from '../../ui/use-format.ts';

/** The time of a bar. Bars of a day and longer have no hour, and are called by the day they bear, not the reader's. */
export function useBarTime(barSeconds: () => number | null): (at: string) => string {
  const { locale } = useI18n();
  const { dateTime } = useFormat();
  const day = (at: string): string =>
    new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(at));
  return (at) => ((barSeconds() ?? 0) >= 86_400 ? day(at) : dateTime(at));
}
