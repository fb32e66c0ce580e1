import { permissions, type Session } from '@hearth/contract';
import { mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { type Api, apiKey, createApi } from '../api/api.ts';
import type { Socket } from '../api/live.ts';
import { createHearthI18n, setLanguage } from '../i18n/i18n.ts';
import { i18nKey } from '../i18n/use-language.ts';
import { pages } from '../pages.ts';

/** Answers requests by `METHOD /path`; anything unexpected is a 404, so a test notices. */
export type Answers = Record<
  string,
  (request: { body: unknown; headers: Headers; url: URL }) => Response | Promise<Response>
>;

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
export const refusal = (status: number, code: string, details: Record<string, unknown> = {}): Response =>
  json({ error: { code, message: `Refused: ${code}.`, details } }, status);

export function serverOf(answers: Answers): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const doFetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input), 'http://hearth.test');
    const name = `${init.method ?? 'GET'} ${url.pathname}`;
    asked.push(name);
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const answer = answers[name];
    return answer
      ? answer({ body, headers: new Headers(init.headers), url })
      : refusal(404, 'route.not_found');
  };
  return { fetch: doFetch, asked };
}

export const userOf = (name = 'Vera') => ({
  id: '00000000-0000-4000-8000-000000000001',
  email: 'vera@example.org',
  name,
  role: 'admin' as const,
  language: 'en' as const,
  is_active: true,
  created_at: '2026-01-01T00:00:00.000Z',
  last_login_at: null,
});
export const sessionOf = (token = 'token-1', lifeMs = 900_000): Session => ({
  access_token: token,
  expires_at: new Date(Date.now() + lifeMs).toISOString(),
  user: userOf(),
  permissions: [...permissions],
});

/** A live connection on which nobody ever answers. */
const silentSocket = () => ({
  onopen: null,
  onmessage: null,
  onclose: null,
  send: () => undefined,
  close: () => undefined,
});

export interface Mounted {
  wrapper: VueWrapper;
  api: Api;
  asked: string[];
  router: ReturnType<typeof createRouter>;
}

/** Mounts a component in the real application's surroundings, in English, against scripted answers. */
export async function mountPage(
  component: Component,
  {
    answers = {},
    props = {},
    at = '/',
    connect = silentSocket,
  }: { answers?: Answers; props?: Record<string, unknown>; at?: string; connect?: () => Socket } = {},
): Promise<Mounted> {
  const server = serverOf(answers);
  const api = createApi(server.fetch, connect);
  const i18n = createHearthI18n();
  await setLanguage(i18n, 'en');
  const router = createRouter({ history: createMemoryHistory(), routes: pages });
  await router.push(at);
  const wrapper = mount(component, {
    props,
    attachTo: document.body,
    global: {
      plugins: [createPinia(), i18n, router],
      provide: { [apiKey as symbol]: api, [i18nKey as symbol]: i18n },
    },
  });
  return { wrapper, api, asked: server.asked, router };
}
