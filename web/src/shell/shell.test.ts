import { flushPromises } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, test } from 'vitest';
import { type Component, createApp, h } from 'vue';
import { apiKey, createApi } from '../api/api.ts';
import { useSession } from '../api/use-session.ts';
import { createHearthRouter } from '../router.ts';
import { type Answers, json, mountPage, refusal, serverOf, sessionOf } from '../testing/mount.ts';
import AppShell from './AppShell.vue';
import { isUnder, navGroups } from './nav.ts';
import UnreachablePage from './UnreachablePage.vue';

const refresh = 'POST /api/v1/auth/refresh';
async function landing(path: string, answers: Answers): Promise<string> {
  const silent = () => ({
    onopen: null,
    onmessage: null,
    onclose: null,
    send: () => undefined,
    close: () => undefined,
  });
  const app = createApp({})
    .provide(apiKey, createApi(serverOf(answers).fetch, silent))
    .use(createPinia());
  const router = createHearthRouter(app);
  await router.push(path);
  return router.currentRoute.value.fullPath;
}

test('who is not signed in goes to sign-in and may come back', async () => {
  const answers = {
    [refresh]: () => refusal(401, 'auth.required'),
    'GET /api/v1/setup': () => json({ needed: false, version: '0' }),
  };
  expect(await landing('/nodes', answers)).toBe('/sign-in?next=/nodes');
  expect(await landing('/', answers)).toBe('/sign-in');
});

test('a fresh server leads to set-up and keeps the token of the link', async () => {
  const answers = {
    [refresh]: () => refusal(403, 'setup.required'),
    'GET /api/v1/setup': () => json({ needed: true, version: '0' }),
  };
  expect(await landing('/setup#token=abc', answers)).toBe('/setup#token=abc');
  expect(await landing('/nodes', answers)).toBe('/setup');
});

test('who is signed in by cookie stays, and has no use for the sign-in page', async () => {
  const answers = { [refresh]: () => json(sessionOf()) };
  expect(await landing('/nodes', answers)).toBe('/nodes');
  expect(await landing('/sign-in?next=/models', answers)).toBe('/models');
});

test('a server out of reach is not a sign-out', async () => {
  const answers = {
    [refresh]: () => {
      throw new TypeError('no network');
    },
  };
  expect(await landing('/nodes', answers)).toBe('/nodes');
});

test('the unreachable page lets one try again', async () => {
  const { wrapper, asked } = await mountPage(UnreachablePage, {
    answers: { [refresh]: () => refusal(503, 'service.unavailable') },
  });
  await wrapper.get('button').trigger('click');
  await flushPromises();
  expect(asked).toEqual([refresh]);
  expect(wrapper.text()).toContain('The server does not answer');
  wrapper.unmount();
});

const shellFor = (permissions: Parameters<typeof sessionOf>[0] | string[]): Component => ({
  setup() {
    useSession().accept({ ...sessionOf(), permissions: permissions as never });
    return () => h(AppShell);
  },
});

test('the navigation holds what one may see; a forbidden page says so', async () => {
  const { wrapper } = await mountPage(shellFor(['inference.use', 'deployments.read']), { at: '/nodes' });
  const links = wrapper.findAll('aside nav a').map((link) => link.text());
  expect(links).toEqual(['Overview', 'Deployments', 'Chat', 'Settings']);
  expect(wrapper.text()).toContain("You can't open this page");
  wrapper.unmount();
});

test('the skip link leads to the content', async () => {
  const { wrapper } = await mountPage(shellFor([]), { at: '/nowhere' });
  expect(wrapper.get('main').text()).toContain('There is no such page');
  await wrapper.get('a[href="#main"]').trigger('click');
  expect(document.activeElement?.id).toBe('main');
  wrapper.unmount();
});

test('a page belongs to one item', () => {
  const items = navGroups.flatMap((group) => group.items);
  const under = (path: string) => items.filter((item) => isUnder(path, item)).map((item) => item.to);
  expect(under('/')).toEqual(['/']);
  expect(under('/runs/new')).toEqual(['/runs']);
  expect(under('/modelsx')).toEqual([]);
});
