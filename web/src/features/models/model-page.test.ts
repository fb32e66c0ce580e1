import type { ModelVersion } from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, test } from 'vitest';
import { useSession } from '../../api/use-session.ts';
import { type Answers, json, mountPage, refusal, sessionOf } from '../../testing/mount.ts';
import ModelPage from './ModelPage.vue';

const at = '2026-01-01T00:00:00.000Z';
const run_id = '0123456789abcdef0123456789abcdef';
const version = (n: number, aliases: string[]): ModelVersion => ({
  ...{ name: 'reader', version: n, task: 'classification', artifacts: [], metadata: {}, aliases },
  lineage: {
    ...{ kind: 'mlflow', session_id: null, run_id, dataset_name: 'digits', dataset_version: 2 },
    ...{ dataset_sha256: 'a'.repeat(64), code_digest: 'c'.repeat(64), source: null, created_by: 'vera' },
  },
  ...{
    description: `Number ${n}`,
    tags: { stage: 'live' },
    digest: 'b'.repeat(64),
    size_bytes: 9,
    created_at: at,
  },
});
const versions = [version(2, []), version(1, ['champion'])];
const model = {
  ...{ name: 'reader', size_mb: 1, created_at: at, file_path: 'x', version: 2, versions: 2 },
  ...{ description: 'Reads.', tags: {}, updated_at: at, aliases: { champion: 1 }, task: 'classification' },
  ...{ formats: [], deployed: false, used_by: [] },
};
const users = [{ kind: 'deployment', id: 'd1', name: 'reader-live', state: 'ready' }];
const base: Answers = {
  'GET /api/v1/models/reader/info': () => json(model),
  'GET /api/v1/models/reader/versions': () => json(versions),
};
let mounted: Awaited<ReturnType<typeof mountPage>>;
async function open(answers: Answers) {
  mounted = await mountPage(ModelPage, {
    answers: { ...base, ...answers },
    props: { name: 'reader' },
    at: '/models/reader',
  });
  mounted.api.access.accept(sessionOf());
  useSession().accept(sessionOf());
  await flushPromises();
  return mounted;
}
afterEach(() => mounted?.wrapper.unmount());
const inDialog = (text: string) =>
  [...document.querySelectorAll<HTMLButtonElement>('[role=dialog] button')].find(
    (one) => one.textContent?.trim() === text,
  )!;

test('versions show their notes and aliases, and lead to the run that made them', async () => {
  const { wrapper } = await open({});
  expect(wrapper.text()).toContain('Number 1');
  expect(wrapper.text()).toContain('@champion');
  expect(wrapper.html()).toContain(`/experiments/runs/${run_id}`);
  expect(wrapper.text()).toContain('version 2');
});

test('a deletion that is refused names who stands in the way, with the way there', async () => {
  const { wrapper } = await open({
    'DELETE /api/v1/models/reader': () => refusal(409, 'model.in_use', { name: 'reader', used_by: users }),
  });
  await wrapper.get('button[aria-label=Delete]').trigger('click');
  inDialog('Delete').click();
  await flushPromises();
  const link = document.querySelector<HTMLAnchorElement>('[role=dialog] a');
  expect(link?.textContent).toBe('reader-live');
  expect(link?.getAttribute('href')).toBe('/deployments/d1');
});

test('an alias is taken off, and the page loads what is true then', async () => {
  const { wrapper, asked } = await open({
    'DELETE /api/v1/models/reader/aliases/champion': () => json({ message: 'Removed.' }),
  });
  await wrapper.get('button[aria-label="Remove the alias champion"]').trigger('click');
  await flushPromises();
  expect(asked.filter((name) => name === 'DELETE /api/v1/models/reader/aliases/champion')).toHaveLength(1);
  expect(asked.filter((name) => name === 'GET /api/v1/models/reader/versions')).toHaveLength(2);
});
