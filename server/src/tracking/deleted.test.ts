import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

/** What leaves the lists when it is deleted, and comes back. */
const { tracking } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

async function listed(lifecycle: 'active' | 'deleted', experiment_id?: string): Promise<string[]> {
  const { items } = await test.client(tracking.runs, { query: { lifecycle, experiment_id } });
  return items.map(({ session_id }) => session_id ?? '').toSorted();
}

it('a run goes with its experiment, and comes back with it', async () => {
  const [own, other] = [await startRun(test, { experiment: 'own' }), await startRun(test)];
  const { items } = await test.client(tracking.experiments, { query: { search: 'own' } });
  const { experiment_id } = items[0]!;
  expect(await listed('active')).toEqual([own.session_id, other.session_id].toSorted());
  await test.client(tracking.deleteExperiment, { params: { experiment_id } });
  expect(await listed('active')).toEqual([other.session_id]);
  expect(await listed('active', experiment_id)).toEqual([]);
  expect(await listed('deleted')).toEqual([own.session_id]);
  expect(await listed('deleted', experiment_id)).toEqual([own.session_id]);
  await test.client(tracking.restoreExperiment, { params: { experiment_id } });
  expect(await listed('active')).toEqual([own.session_id, other.session_id].toSorted());
  expect(await listed('deleted')).toEqual([]);
});
