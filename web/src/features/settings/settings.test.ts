import {
  type ApiKey,
  type ComponentHealth,
  type Diagnostics,
  identityRoutes,
  rolePermissions,
} from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { type Component, h } from 'vue';
import { useSession } from '../../api/use-session.ts';
import { type Answers, json, mountPage, refusal, sessionOf, userOf } from '../../testing/mount.ts';
import { detailsText } from './audit-details.ts';
import { expiryAt } from './key-expiry.ts';
import SettingsPage from './SettingsPage.vue';
import { sectionsFor } from './sections.ts';

const key: ApiKey = {
  id: '00000000-0000-4000-8000-000000000009',
  name: 'notebook',
  hint: 'hk_1234',
  scopes: ['*'],
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: null,
  last_used_at: null,
};
async function section(name: string, answers: Answers) {
  const signedIn: Component = {
    setup() {
      useSession().accept(sessionOf());
      return () => h(SettingsPage, { section: name });
    },
  };
  const mounted = await mountPage(signedIn, { answers, at: `/settings/${name}` });
  await flushPromises();
  return mounted;
}
const dialog = () => document.querySelector<HTMLElement>('[role=dialog]');

test('each role sees the sections it may use', () => {
  const of = (role: keyof typeof rolePermissions) =>
    sectionsFor((one) => rolePermissions[role].includes(one));
  expect(of('user')).toEqual(['profile']);
  expect(of('moderator')).toEqual(['profile', 'audit']);
  expect(of('manager')).toEqual(['profile', 'keys']);
  expect(of('admin')).toHaveLength(6);
});

test('a new key is shown once, with what it may do', async () => {
  let sent: unknown;
  const { wrapper } = await section('keys', {
    'GET /api/v1/api-keys': () => json([key]),
    'POST /api/v1/api-keys': ({ body }) => {
      sent = identityRoutes.createKey.body.parse(body);
      return json({ ...key, name: 'bot', key: 'hk_whole_secret' }, 201);
    },
  });
  expect(wrapper.text()).toContain('notebook');
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Create a key')
    ?.trigger('click');
  await flushPromises();
  const input = dialog()?.querySelector('input') as HTMLInputElement;
  input.value = 'bot';
  input.dispatchEvent(new Event('input'));
  dialog()
    ?.querySelector('form')
    ?.dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
  expect(sent).toMatchObject({ name: 'bot', scopes: ['*'] });
  expect(dialog()?.textContent).toContain('hk_whole_secret');
  [...(dialog()?.querySelectorAll('button') ?? [])].find((one) => one.textContent?.includes('kept'))?.click();
  await flushPromises();
  expect(document.body.textContent).not.toContain('hk_whole_secret');
  wrapper.unmount();
});

test('a refusal to demote the last administrator is said, and the row put right', async () => {
  const other = { ...userOf('Anton'), id: '00000000-0000-4000-8000-000000000002' };
  const { wrapper, asked } = await section('people', {
    'GET /api/v1/admin/users': () => json({ items: [userOf(), other], next_cursor: null }),
    [`PATCH /api/v1/admin/users/${other.id}`]: () => refusal(409, 'user.last_admin'),
  });
  const [own, theirs] = wrapper.findAll('select');
  expect(own?.attributes('disabled')).toBeDefined();
  await theirs?.setValue('0');
  await flushPromises();
  expect(asked.filter((name) => name === 'GET /api/v1/admin/users')).toHaveLength(2);
  wrapper.unmount();
});

test('the alert address can be emptied, but not be nonsense', async () => {
  const sent: unknown[] = [];
  const { wrapper } = await section('alerts', {
    'GET /api/v1/admin/settings': () => json({ alert_email: 'dev@example.org' }),
    'PATCH /api/v1/admin/settings': ({ body }) => {
      sent.push(body);
      return json({ alert_email: null });
    },
  });
  await wrapper.get('input[type=email]').setValue('nonsense');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(wrapper.get('[role=alert]').text()).toContain('An address like');
  await wrapper.get('input[type=email]').setValue('');
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(sent).toEqual([{ alert_email: null }]);
  wrapper.unmount();
});

test('the audit log is filtered by the server and read page by page', async () => {
  const row = (id: string) => ({
    id,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'vera',
    action: `act.${id}`,
    target: null,
    success: id !== '2',
    ip: null,
    details: {},
  });
  const { wrapper } = await section('audit', {
    'GET /api/v1/admin/audit': ({ url }) =>
      url.searchParams.get('cursor') === 'next'
        ? json({ items: [row('3')], next_cursor: null })
        : json({ items: [row('1'), row('2')], next_cursor: 'next' }),
  });
  expect(wrapper.findAll('tbody tr')).toHaveLength(2);
  expect(wrapper.text()).toContain('refused');
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Show more')
    ?.trigger('click');
  await flushPromises();
  expect(wrapper.findAll('tbody tr')).toHaveLength(3);
  wrapper.unmount();
});

test('diagnostics show how the parts are, what failed, and sortable routes; refreshed on demand', async () => {
  const route = (name: string, p95_ms: number) => ({
    route: name,
    count: 7,
    errors: 0,
    refusals: 1,
    p50_ms: 1,
    p95_ms,
    p99_ms: p95_ms,
    max_ms: p95_ms,
  });
  const seen: Diagnostics = {
    since: '2026-01-01T00:00:00.000Z',
    process: { memory_bytes: 2 ** 27, heap_bytes: 2 ** 26, event_loop_delay: null, event_loop_busy: 0.25 },
    errors: {
      total: 3,
      top: [{ code: 'internal', route: 'GET /b', count: 3, last_at: '2026-01-01T00:00:00.000Z' }],
      recent: [],
    },
    routes: [route('GET /slow', 90), route('GET /quick', 2)],
    tasks: [{ name: 'leases', is_running: false, runs: 5, failures: 1, last_error: 'not now' }],
  };
  const part = { essential: false, duration_ms: 1.5, error: null };
  const parts: ComponentHealth[] = [
    { ...part, name: 'store', status: 'healthy', detail: { free_bytes: 2 ** 30, total_bytes: 2 ** 31 } },
    { ...part, name: 'nodes', status: 'unhealthy', detail: { known: 2, connected: 0 }, error: 'None.' },
  ];
  const { wrapper, asked } = await section('diagnostics', {
    'GET /api/v1/admin/diagnostics': () => json(seen),
    'GET /api/v1/admin/health': () => json({ status: 'unhealthy', components: parts }),
  });
  for (const text of [
    '1 GB free of 2 GB',
    '0 of 2 connected',
    'unwell',
    'internal',
    '25%',
    'Look through leases',
    'not now',
  ])
    expect(wrapper.text()).toContain(text);
  const routes = () =>
    wrapper
      .get('table[aria-label=Routes]')
      .findAll('tbody tr')
      .map((row) => row.get('code').text());
  expect(routes()).toEqual(['GET /slow', 'GET /quick']);
  const p95 = wrapper.findAll('th button').find((one) => one.text() === 'p95');
  await p95?.trigger('click');
  expect(routes()).toEqual(['GET /quick', 'GET /slow']);
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Refresh')
    ?.trigger('click');
  await flushPromises();
  expect(asked.filter((name) => name === 'GET /api/v1/admin/diagnostics')).toHaveLength(2);
  wrapper.unmount();
});

test('dates and details', () => {
  expect(expiryAt(0, 0)).toBeNull();
  expect(expiryAt(30, 0)).toBe('1970-01-31T00:00:00.000Z');
  expect(detailsText({ role: 'admin', before: { n: 1 } })).toBe('role: admin, before: {"n":1}');
});
