import { Language } from '@hearth/contract';
import { createI18n } from 'vue-i18n';
import { remember, remembered } from '../ui/remember.ts';
import type { Catalogue } from './merge.ts';
import { russianPlural } from './plural.ts';

const catalogues: Record<Language, () => Promise<{ default: Catalogue }>> = {
  ru: () => import('./ru.ts'),
  en: () => import('./en.ts'),
  zh: () => import('./zh.ts'),
};
export const languageNames: Record<Language, string> = { ru: 'Русский', en: 'English', zh: '中文' };

export function createHearthI18n() {
  return createI18n({
    legacy: false,
    locale: 'ru',
    fallbackLocale: false,
    missingWarn: true,
    pluralRules: {
      ru: russianPlural,
      en: (n: number, forms: number) => Math.min(n === 1 ? 0 : 1, forms - 1),
      zh: () => 0,
    },
    messages: {} as Record<Language, Catalogue>,
  });
}
export type HearthI18n = ReturnType<typeof createHearthI18n>;

/** Loads the language's catalogue if need be, then switches everything to it. */
export async function setLanguage(i18n: HearthI18n, language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, (await catalogues[language]()).default);
  }
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
  remember('language', language);
}

/** The language chosen on this device before; Russian where none was. */
export const rememberedLanguage = (): Language => Language.catch('ru').parse(remembered('language'));
