import { flushPromises } from '@vue/test-utils';
import { expect, test, vi } from 'vitest';
import { json, mountPage, refusal, sessionOf } from '../../testing/mount.ts';
import { nextOf } from './next.ts';
import SignInPage from './SignInPage.vue';

const login = 'POST /api/v1/auth/login';

test('says what is missing field by field, and asks the server nothing', async () => {
  const { wrapper, asked } = await mountPage(SignInPage);
  await wrapper.get('input[type=email]').setValue('vera@');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(wrapper.findAll('[role=alert]').map((one) => one.text())).toEqual([
    'An address like name@example.org is needed',
    'Please fill this in',
  ]);
  expect(wrapper.get('input[type=email]').attributes('aria-invalid')).toBe('true');
  const describedBy = wrapper.get('input[type=email]').attributes('aria-describedby') ?? '';
  expect(document.getElementById(describedBy)?.textContent).toContain('name@example.org');
  expect(asked).toEqual([]);
});

test('a wrong password is said in the words of its code, and the field is emptied', async () => {
  const { wrapper } = await mountPage(SignInPage, {
    answers: { [login]: () => refusal(401, 'auth.wrong_credentials') },
  });
  await wrapper.get('input[type=email]').setValue('vera@example.org');
  await wrapper.get('input[type=password]').setValue('wrong-one');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(wrapper.text()).toContain('Wrong address or password.');
  expect((wrapper.get('input[type=password]').element as HTMLInputElement).value).toBe('');
});

test('counts down where the server wants a wait, and keeps the button shut', async () => {
  const { wrapper } = await mountPage(SignInPage, {
    answers: { [login]: () => refusal(429, 'auth.wait', { retry_after: 90 }) },
  });
  await wrapper.get('input[type=email]').setValue('vera@example.org');
  await wrapper.get('input[type=password]').setValue('wrong-one');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(wrapper.text()).toMatch(/You can try again in 1 min/);
  expect(wrapper.get('button[type=submit]').attributes('disabled')).toBeDefined();
});

test('signs in and goes where one wanted to', async () => {
  const { wrapper, router } = await mountPage(SignInPage, {
    at: '/sign-in?next=/nodes',
    answers: { [login]: ({ body }) => json({ ...sessionOf(), body }) },
  });
  await wrapper.get('input[type=email]').setValue('vera@example.org');
  await wrapper.get('input[type=password]').setValue('right-one');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/nodes'), 10_000);
});

test('comes back to paths of our own only', () => {
  expect(
    ['/nodes?x=1', '//evil.example', '/\\evil.example', 'https://evil.example', undefined].map(nextOf),
  ).toEqual(['/nodes?x=1', '/', '/', '/', '/']);
});
