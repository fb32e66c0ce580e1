import { flushPromises } from '@vue/test-utils';
import { expect, test, vi } from 'vitest';
import { json, mountPage, refusal, sessionOf } from '../../testing/mount.ts';
import { passwordRules } from './password-rules.ts';
import SetupPage from './SetupPage.vue';
import { stepOfErrors, tokenOfHash } from './steps.ts';

async function toTheEnd(answer: (body: unknown) => Response) {
  const page = await mountPage(SetupPage, {
    at: '/setup#token=one-time',
    answers: { 'POST /api/v1/setup': ({ body }) => answer(body) },
  });
  const { wrapper } = page;
  await wrapper.get('input[autocomplete=name]').setValue('Vera');
  await wrapper.get('input[type=email]').setValue('Vera@Example.org');
  await wrapper.get('input[type=password]').setValue('correct horse');
  for (let step = 0; step < 3; step++) {
    await wrapper.get('form').trigger('submit');
    await flushPromises();
  }
  return page;
}

test('walks the steps, sends the token of the link, and lands on the overview', async () => {
  let sent: unknown;
  const { router, asked } = await toTheEnd((body) => {
    sent = body;
    return json(sessionOf(), 201);
  });
  expect(sent).toEqual({
    token: 'one-time',
    email: 'vera@example.org',
    password: 'correct horse',
    name: 'Vera',
    language: 'en',
  });
  expect(asked.filter((name) => name === 'POST /api/v1/setup')).toHaveLength(1);
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/'), 10_000);
});

test('a used link is refused in plain words', async () => {
  const { wrapper } = await toTheEnd(() => refusal(403, 'setup.wrong_token'));
  expect(wrapper.text()).toContain('This set-up link is not valid');
});

test('does not leave a step whose fields are wrong', async () => {
  const { wrapper } = await mountPage(SetupPage, { at: '/setup#token=x' });
  await wrapper.get('input[type=password]').setValue('short');
  await wrapper.get('form').trigger('submit');
  expect(wrapper.get('[aria-current=step]').text()).toContain('Profile');
  expect(wrapper.text()).toContain('At least 8 characters');
});

test('counts the bytes bcrypt reads, not the letters', () => {
  const met = (password: string) => passwordRules(password).map((rule) => rule.met);
  expect(met('')).toEqual([false, false]);
  expect(met('seven77')).toEqual([false, true]);
  expect(met('я'.repeat(36))).toEqual([true, true]);
  expect(met('я'.repeat(37))).toEqual([true, false]);
});

test('finds the token and the step of an error', () => {
  expect(tokenOfHash('#token=a%2Bb')).toBe('a+b');
  expect(tokenOfHash('')).toBe('');
  expect(stepOfErrors({ alert_email: 'x' })).toBe('alerts');
  expect(stepOfErrors({})).toBeUndefined();
});
