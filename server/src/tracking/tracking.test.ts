import { routes } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { ChunksRepository } from './chunks.repository.ts';
import { PointsRepository } from './points.repository.ts';
import { PointsService } from './points.service.ts';
import { RunsRepository } from './runs.repository.ts';

const { mlflow, tracking } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
});
afterAll(() => test.close());

async function newRun(name: string, values: Record<string, number> = {}): Promise<string> {
  const { run } = await test.client(mlflow.createRun, { body: { run_name: name } });
  const metrics = Object.entries(values).map(([key, value]) => ({ key, value, timestamp: 1, step: 1 }));
  await test.client(mlflow.logBatch, { body: { run_id: run.info.run_id, metrics } });
  return run.info.run_id;
}

/** A sine of `count` points with one peak that no chart may lose. */
async function logSine(run_id: string, count: number, batch = 1000): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    const metrics = Array.from({ length: Math.min(batch, count - from) }, (_, index) => {
      const step = from + index;
      return { key: 'sine', value: step === 777 ? 99 : Math.sin(step / 1000), timestamp: step, step };
    });
    await test.client(mlflow.logBatch, { body: { run_id, metrics } });
  }
}

/** A million points, by the way that requests take, but many at once. */
async function logMillion(runId: string): Promise<void> {
  const chunks = new ChunksRepository(test.database);
  const service = new PointsService(
    new PointsRepository(test.database),
    chunks,
    new RunsRepository(test.database),
  );
  for (let from = 0; from < 1_000_000; from += 20_000) {
    const points = Array.from({ length: 20_000 }, (_, index) => {
      const step = from + index + 2;
      return { key: 'sine', step, atMs: step, value: Math.sin(step / 1000) };
    });
    await service.log(runId, points, () => undefined);
  }
}

describe('experiments', () => {
  it('are made, found, renamed, noted, deleted and restored; Default stays', async () => {
    const { client } = test;
    const made = await client(tracking.createExperiment, { body: { name: 'Roses', note: 'red' } });
    const params = { experiment_id: made.experiment_id };
    expect(
      await client(tracking.updateExperiment, { params, body: { name: 'Tulips', note: 'blue' } }),
    ).toMatchObject({
      name: 'Tulips',
      note: 'blue',
    });
    await client(tracking.deleteExperiment, { params });
    const names = async (lifecycle: 'active' | 'deleted') =>
      (await client(tracking.experiments, { query: { lifecycle } })).items.map(({ name }) => name);
    expect(await names('active')).toEqual(['Default']);
    expect(await names('deleted')).toEqual(['Tulips']);
    await client(tracking.restoreExperiment, { params });
    expect(await names('active')).toEqual(['Tulips', 'Default']);
    const zero = { params: { experiment_id: '0' } };
    await expect(client(tracking.deleteExperiment, zero)).rejects.toMatchObject({
      code: 'experiment.is_default',
    });
    const again = client(tracking.createExperiment, { body: { name: 'Tulips' } });
    await expect(again).rejects.toMatchObject({ code: 'experiment.exists', status: 409 });
  });
});

describe('runs', () => {
  it('are listed by words, status, filter and order, page by page, and changed', async () => {
    const ids = [
      await newRun('oak', { loss: 3 }),
      await newRun('ash', { loss: 1 }),
      await newRun('elm', { loss: 2 }),
    ];
    const list = async (query: object) => {
      const { items } = await test.client(tracking.runs, { query });
      return items.map(({ name }) => name);
    };
    expect(await list({ order_by: 'metrics.loss asc' })).toEqual(['ash', 'elm', 'oak']);
    expect(await list({ filter: 'metrics.loss >= 2', order_by: 'run_name' })).toEqual(['elm', 'oak']);
    expect(await list({ search: 'AS' })).toEqual(['ash']);
    expect(await list({ status: 'FAILED' })).toEqual([]);
    const first = await test.client(tracking.runs, { query: { limit: 2, order_by: 'run_name' } });
    const rest = await test.client(tracking.runs, {
      query: { limit: 2, order_by: 'run_name', cursor: first.next_cursor! },
    });
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['ash', 'elm', 'oak']);
    expect(rest.next_cursor).toBeNull();
    const params = { run_id: ids[0]! };
    await test.client(tracking.updateRun, { params, body: { tags: { a: 'b', c: 'd' } } });
    const changed = await test.client(tracking.updateRun, {
      params,
      body: { name: 'pine', note: 'tall', tags: { a: null } },
    });
    expect(changed).toMatchObject({ name: 'pine', note: 'tall', tags: { c: 'd', 'mlflow.runName': 'pine' } });
    expect(changed.tags).not.toHaveProperty('a');
    await test.client(tracking.deleteRun, { params });
    await expect(test.client(tracking.updateRun, { params, body: { name: 'x' } })).rejects.toMatchObject({
      code: 'run.deleted',
    });
    expect(await list({ lifecycle: 'deleted' })).toEqual(['pine']);
    expect((await test.client(tracking.restoreRun, { params })).lifecycle).toBe('active');
    const { metrics } = await test.client(tracking.columns, { params: { experiment_id: '0' } });
    expect(metrics).toEqual(['loss']);
    await expect(list({ filter: 'metrics.loss ~ 1' })).rejects.toMatchObject({ code: 'run.bad_filter' });
  });
});

describe('a series', () => {
  it('is exact where it is short, and keeps every peak where it is long', async () => {
    const run_id = await newRun('wave');
    await logSine(run_id, 60_000);
    const points = (query: { from?: number; to?: number; most?: number }) =>
      test.client(tracking.points, { params: { run_id }, query: { key: 'sine', ...query } });
    const whole = await points({});
    expect(whole.exact).toBe(false);
    expect(whole.points.length).toBeLessThanOrEqual(2000);
    expect(whole.points.length).toBeGreaterThan(200);
    expect(whole.points).toContainEqual({ step: 777, value: 99, at: expect.any(String) });
    expect([whole.points[0]!.step, whole.points.at(-1)!.step]).toEqual([0, 59_999]);
    const zoomed = await points({ from: 700, to: 799 });
    expect(zoomed.exact).toBe(true);
    expect(zoomed.points.map(({ step }) => step)).toEqual(
      Array.from({ length: 100 }, (_, index) => 700 + index),
    );
    const wide = await points({ from: 770, to: 50_000, most: 50 });
    expect(wide.points[0]!.step).toBe(770);
    expect(Math.max(...wide.points.map(({ value }) => Number(value)))).toBe(99);
    const other = await newRun('flat', { sine: 1 });
    const { items } = await test.client(tracking.compare, {
      query: { run_ids: `${run_id},${other}` as never, key: 'sine', most: 10 },
    });
    expect(items.map((line) => [line.run_id, line.exact])).toEqual(
      expect.arrayContaining([
        [run_id, false],
        [other, true],
      ]),
    );
    const none = test.client(tracking.points, { params: { run_id }, query: { key: 'none' } });
    await expect(none).rejects.toMatchObject({ code: 'run.metric_not_found' });
  });

  it('of a million points is drawn in less than 300 ms', async () => {
    const run_id = await newRun('long', { sine: 0 });
    await logMillion(run_id);
    const draw = async (query: object) => {
      const from = performance.now();
      const line = await test.client(tracking.points, {
        params: { run_id },
        query: { key: 'sine', ...query },
      });
      return { line, ms: performance.now() - from };
    };
    for (const query of [{}, { from: 1000, to: 900_000 }, { from: 100_000, to: 140_000 }]) {
      const tries = [await draw(query), await draw(query), await draw(query)];
      expect(tries[0]!.line.points.length).toBeGreaterThan(200);
      // The quickest: the machine may be busy with something else.
      expect(Math.min(...tries.map(({ ms }) => ms)), JSON.stringify(query)).toBeLessThan(300);
    }
  }, 60_000);
});
