import type { Failure } from '@hearth/contract';
import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../i18n/i18n.ts';
import { i18nKey } from '../i18n/use-language.ts';
import { mountPage } from '../testing/mount.ts';
import FailureText from './FailureText.vue';

let unmount: () => void;
afterEach(() => unmount());

async function textOf(failure: Failure, language: 'ru' | 'en'): Promise<string> {
  const { wrapper } = await mountPage(FailureText, { props: { failure } });
  unmount = () => wrapper.unmount();
  const i18n = wrapper.vm.$.appContext.provides[i18nKey as symbol] as Parameters<typeof setLanguage>[0];
  await setLanguage(i18n, language);
  await wrapper.vm.$nextTick();
  return wrapper.text();
}

const failed: Failure = { code: 'job.failed', message: 'It ended with code 3: boom', details: {} };
const lost: Failure = { code: 'job.node_lost', message: 'The machine was lost.', details: {} };
const broken: Failure = { code: 'job.gang_broken', message: 'Else.', details: { cause: 'job.timeout' } };

test('a reader of Russian has a Russian sentence, and beside it what a program said', async () => {
  expect(await textOf(failed, 'ru')).toBe('Программа закончилась с ошибкой.It ended with code 3: boom');
  expect(await textOf(lost, 'ru')).toBe('Машина пропала, не закончив работу.');
  expect(await textOf(broken, 'ru')).toMatch(/^Не удалось на другой машине этой группы\. Работа шла дольше/);
});

test('a reader of English has it once', async () => {
  expect(await textOf(failed, 'en')).toBe('It ended with code 3: boom');
  expect(await textOf(lost, 'en')).not.toBe('');
});
