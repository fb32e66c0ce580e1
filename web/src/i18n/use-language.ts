import type { Language } from '@hearth/contract';
import { computed, type InjectionKey, inject, type WritableComputedRef } from 'vue';
import { type HearthI18n, setLanguage } from './i18n.ts';

export const i18nKey: InjectionKey<HearthI18n> = Symbol('i18n');

/** The language of the page; assigning loads its catalogue and switches. */
export function useLanguage(): WritableComputedRef<Language> {
  const i18n = inject(i18nKey);
  if (!i18n) throw new Error('No i18n is provided to this application.');
  return computed({
    get: () => i18n.global.locale.value as Language,
    set: (language) => void setLanguage(i18n, language),
  });
}
