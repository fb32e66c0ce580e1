import type { Node } from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { type Component, h } from 'vue';
import { useSession } from '../../api/use-session.ts';
import { type Answers, json, mountPage, refusal, sessionOf } from '../../testing/mount.ts';
import { agentCommand, isLoopback } from './agent-command.ts';
import NodePage from './NodePage.vue';
import NodesPage from './NodesPage.vue';
import { nodeChange } from './use-nodes.ts';

const id = '00000000-0000-4000-8000-000000000010';
const node: Node = {
  id,
  name: 'workshop',
  status: 'online',
  is_local: false,
  agent_version: '0.1.0',
  machine: {
    hostname: 'workshop',
    os: 'Linux',
    arch: 'x64',
    cpu_model: 'Some CPU',
    cpu_cores: 8,
    memory_bytes: 2 ** 34,
    gpus: [],
    addresses: [],
  },
  vitals: {
    at: '2026-01-01T00:00:00.000Z',
    cpu_fraction: 0.9,
    memory_used_bytes: 2 ** 33,
    memory_total_bytes: 2 ** 34,
    disk_used_bytes: null,
    disk_total_bytes: null,
    load_1m: 1.5,
    network_rx_bytes_per_second: 1024,
    network_tx_bytes_per_second: 0,
    gpus: [],
  },
  running_jobs: 1,
  last_seen_at: null,
  created_at: '2026-01-01T00:00:00.000Z',
};
async function page(component: Component, props: Record<string, unknown>, answers: Answers) {
  const signedIn: Component = {
    setup() {
      useSession().accept(sessionOf());
      return () => h(component, props);
    },
  };
  const mounted = await mountPage(signedIn, { answers });
  await flushPromises();
  return mounted;
}
const bands = (wrapper: {
  findAll: (selector: string) => { attributes: (name: string) => string | undefined }[];
}) => wrapper.findAll('[role=meter]').map((meter) => meter.attributes('data-band'));

test('gauges show what is measured, and an offline machine has no load', async () => {
  const offline: Node = { ...node, id: id.replace('10', '11'), status: 'offline' };
  const { wrapper } = await page(NodesPage, {}, { 'GET /api/v1/nodes': () => json([node, offline]) });
  expect(bands(wrapper)).toEqual(['bad', 'good', 'unknown', 'unknown', 'unknown', 'unknown']);
  wrapper.unmount();
});

test('an invitation gives the exact command, once', async () => {
  const { wrapper } = await page(
    NodesPage,
    {},
    {
      'GET /api/v1/nodes': () => json([node]),
      'POST /api/v1/nodes/invitations': () =>
        json({ token: 'inv_123', expires_at: '2026-01-02T00:00:00.000Z' }, 201),
    },
  );
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Add a machine')
    ?.trigger('click');
  await flushPromises();
  document.querySelector('[role=dialog] form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
  expect(document.querySelector('[role=dialog] code')?.textContent).toBe(
    agentCommand(location.origin, 'inv_123'),
  );
  wrapper.unmount();
});

test('an address that only this machine understands is noticed', () => {
  expect(['localhost', '127.0.0.1', '[::1]', '192.168.1.4', 'hearth.lan'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a machine that is gone says so', async () => {
  const { wrapper } = await page(
    NodePage,
    { id },
    { [`GET /api/v1/nodes/${id}`]: () => refusal(404, 'node.not_found') },
  );
  expect(wrapper.get('[role=alert]').text()).toContain('There is no such machine.');
  wrapper.unmount();
});

test('a machine shows its facts, its jobs and its readings', async () => {
  const { wrapper } = await page(
    NodePage,
    { id },
    {
      [`GET /api/v1/nodes/${id}`]: () => json(node),
      [`GET /api/v1/nodes/${id}/vitals`]: () => json([]),
      'GET /api/v1/jobs': () => json({ items: [], next_cursor: null }),
    },
  );
  expect(wrapper.text()).toContain('Some CPU · 8 cores');
  expect(wrapper.text()).toContain('This machine has not done anything yet');
  expect(wrapper.findAll('figure').length).toBeGreaterThanOrEqual(3);
  wrapper.unmount();
});

test('live messages change the list', () => {
  expect(nodeChange({ type: 'node.updated', node })).toEqual({ row: node });
  expect(nodeChange({ type: 'node.removed', id })).toEqual({ removed: id });
  expect(nodeChange({ type: 'authenticated' })).toBeUndefined();
});
