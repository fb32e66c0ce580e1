import { errorCodes, failureCodes, Waiting } from '@hearth/contract';
import { expect, test } from 'vitest';
import { createHearthI18n, setLanguage } from './i18n.ts';
import type { Catalogue } from './merge.ts';
import { mergeCatalogues } from './merge.ts';
import { russianPlural } from './plural.ts';

const ru = mergeCatalogues(import.meta.glob('../**/*.ru.json', { eager: true, import: 'default' }));
const en = mergeCatalogues(import.meta.glob('../**/*.en.json', { eager: true, import: 'default' }));
const zh = mergeCatalogues(import.meta.glob('../**/*.zh.json', { eager: true, import: 'default' }));
const sources: string = Object.entries(
  import.meta.glob<string>('../**/*.{vue,ts}', { eager: true, query: '?raw', import: 'default' }),
)
  .filter(([path]) => !path.endsWith('.test.ts'))
  .map(([, text]) => text)
  .join('\n');

function flat(catalogue: Catalogue, prefix = ''): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') out.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) out.set(inner, text);
  }
  return out;
}
const messages = { ru: flat(ru), en: flat(en), zh: flat(zh) };

test('the three languages have the same keys, none empty', () => {
  for (const other of ['en', 'zh'] as const) {
    const keys = [...messages[other].keys()];
    expect([...messages.ru.keys()].filter((key) => !messages[other].has(key))).toEqual([]);
    expect(keys.filter((key) => !messages.ru.has(key))).toEqual([]);
  }
  for (const language of Object.values(messages))
    expect([...language].filter(([, text]) => text.trim() === '')).toEqual([]);
});

test('a message names the same values in every language', () => {
  const named = (text: string) => [...new Set(text.match(/\{[a-z_]+\}/gi) ?? [])].sort();
  for (const [key, text] of messages.ru) {
    expect([key, named(messages.en.get(key) ?? '')]).toEqual([key, named(text)]);
    expect([key, named(messages.zh.get(key) ?? '')]).toEqual([key, named(text)]);
  }
});

test('every key is used, and every key used exists', () => {
  const literals = new Set(
    [...sources.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/gi)].map((match) => match[1] ?? ''),
  );
  const prefixes = [...sources.matchAll(/`([a-z][\w-]*\.(?:[\w-]+\.)*)\$\{/gi)].map(
    (match) => match[1] ?? '',
  );
  const unused = [...messages.ru.keys()].filter(
    (key) => !literals.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
  const called = [...sources.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
  expect(called.filter((key) => !messages.ru.has(key))).toEqual([]);
});

test('every refusal of the contract has its words', () => {
  expect(errorCodes.filter((code) => !messages.ru.has(`error.${code}`))).toEqual([]);
});

test('every failure and every reason to wait has its words, and names only what it is told with', () => {
  expect(failureCodes.filter((code) => !messages.ru.has(`error.${code}`))).toEqual([]);
  for (const { shape } of Waiting.options) {
    const text = messages.ru.get(`error.${shape.code.value}`) ?? '';
    const named = [...text.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name ?? '');
    expect([text !== '', named.filter((name) => !(name in shape.details.shape))]).toEqual([true, []]);
  }
});

test('every message compiles, in every language', async () => {
  const i18n = createHearthI18n();
  for (const language of ['ru', 'en', 'zh'] as const) {
    await setLanguage(i18n, language);
    for (const key of messages[language].keys()) expect(i18n.global.t(key, { n: 2 }, 2)).not.toBe(key);
  }
});

test('Russian counts as Russians do', async () => {
  expect([1, 2, 5, 11, 12, 21, 22, 111, 0, 1.5].map((n) => russianPlural(n, 3))).toEqual([
    0, 1, 2, 2, 2, 0, 1, 2, 2, 1,
  ]);
  const i18n = createHearthI18n();
  await setLanguage(i18n, 'ru');
  expect([1, 3, 11].map((n) => i18n.global.t('nodes.jobs', { n }, n))).toEqual([
    '1 работа',
    '3 работы',
    '11 работ',
  ]);
});
