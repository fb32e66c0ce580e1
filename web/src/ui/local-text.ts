import type { LocalText } from '@hearth/contract';

/** The text in this language, or in English where there is none. */
export const inLanguage = (text: LocalText | null | undefined, locale: string): string =>
  text ? ((locale === 'ru' ? text.ru : locale === 'zh' ? text.zh : undefined) ?? text.en) : '';
