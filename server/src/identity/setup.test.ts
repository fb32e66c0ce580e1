import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

it('knows the administrator it set up', async () => {
  const me = await test.client(routes.identity.me, {});
  expect(me.user).toMatchObject({ email: 'admin@hearth.test', role: 'admin' });
});
