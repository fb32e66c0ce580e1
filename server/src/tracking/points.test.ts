import { routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { ChunksRepository } from './chunks.repository.ts';
import { distinct, type Plotted } from './plotted.ts';
import { PointsRepository } from './points.repository.ts';
import { PointsService } from './points.service.ts';
import { RunsRepository } from './runs.repository.ts';
import { SeriesRepository } from './series.repository.ts';
import { SeriesService } from './series.service.ts';
import type { Point } from './tracking.types.ts';

const { mlflow, tracking } = routes;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
});
afterAll(() => test.close());

/** What one server has of points; several of them know nothing of each other. */
function server() {
  const chunks = new ChunksRepository(test.database);
  const runs = new RunsRepository(test.database);
  return {
    points: new PointsService(new PointsRepository(test.database), chunks, runs),
    series: new SeriesService(new SeriesRepository(test.database), chunks),
  };
}

async function newRun(): Promise<string> {
  const { run } = await test.client(mlflow.createRun, { body: {} });
  return run.info.run_id;
}

const point: fc.Arbitrary<Point> = fc.record({
  key: fc.constantFrom('a', 'b'),
  step: fc.oneof(fc.constant(0), fc.integer({ min: -30, max: 400 })),
  atMs: fc.integer({ min: 0, max: 3 }),
  value: fc.constantFrom(1, 2, Number.NaN, Number.NEGATIVE_INFINITY),
});
/** Batches in whatever order, some of which are repeats of others, each sent to one of two servers. */
const traffic = fc
  .array(fc.array(point, { minLength: 1, maxLength: 40, size: 'max' }), { minLength: 1, maxLength: 6 })
  .chain((batches) =>
    fc.array(
      fc.record({ batch: fc.constantFrom(...batches), to: fc.constantFrom(0, 1), waits: fc.boolean() }),
      { minLength: 1, maxLength: 12, size: 'max' },
    ),
  );
const plain = ({ step, atMs, value }: Plotted): Plotted => ({ step, atMs, value });

it('are stored once and counted once, whoever sends them, how often and in what order', async () => {
  const servers = [server(), server()] as const;
  await fc.assert(
    fc.asyncProperty(traffic, fc.integer({ min: 1, max: 50 }), async (sent, page) => {
      const runId = await newRun();
      const under: Promise<void>[] = [];
      for (const { batch, to, waits } of sent) {
        under.push(servers[to]!.points.log(runId, batch, () => undefined));
        if (waits) await Promise.all(under);
      }
      await Promise.all(under);
      const all = sent.flatMap(({ batch }) => batch);
      const [{ series }] = servers;
      for (const row of await series.ofRuns([runId])) {
        const own = distinct(all.filter(({ key }) => key === row.key)).map(plain);
        expect(row).toMatchObject({ points: own.length, firstStep: own[0]!.step, last: own.at(-1) });
        const read: Plotted[] = [];
        for (let more = true; more; ) {
          const next = await series.history(row.id, read.at(-1), page);
          read.push(...next);
          more = next.length === page;
        }
        expect(read).toEqual(own);
        expect((await series.line(row, {}, 5000)).points).toEqual(own);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('are stored once where two servers get the same at the same moment', async () => {
  const [one, other] = [server(), server()];
  const runId = await newRun();
  const rounds = 30;
  for (let step = 0; step < rounds; step += 1) {
    const points = [0, 1, 2].map((atMs) => ({ key: 'a', step, atMs, value: step }));
    const log = ({ points: service }: typeof one) => service.log(runId, points, () => undefined);
    await Promise.all([log(one), log(other), log(one)]);
  }
  const [row] = await one.series.ofRuns([runId]);
  expect(row!.points).toBe(3 * rounds);
  expect(await one.series.history(row!.id, undefined, 1000)).toHaveLength(3 * rounds);
});

it('are in few rows though they came one by one, and all there whenever somebody reads', async () => {
  const [one, other] = [server(), server()];
  const runId = await newRun();
  const count = 400;
  let known = 0;
  let isOver = false;
  const reading = async () => {
    while (!isOver) {
      const least = known;
      const [row] = await one.series.ofRuns([runId]);
      const read = row ? (await other.series.line(row, {}, 5000)).points.length : 0;
      expect(read).toBeGreaterThanOrEqual(Math.min(least, row?.points ?? 0));
    }
  };
  const reader = reading();
  for (let step = 0; step < count; step += 1) {
    const { points } = step % 7 === 0 ? other : one;
    await points.log(runId, [{ key: 'a', step, atMs: 0, value: step }], () => undefined);
    known = step + 1;
  }
  isOver = true;
  await reader;
  const [row] = await one.series.ofRuns([runId]);
  const history = await one.series.history(row!.id, undefined, 1000);
  expect(history.map(({ step }) => step)).toEqual(Array.from({ length: count }, (_, step) => step));
  const chunks = await test.database.$client.query('select points from metric_chunks where series_id = $1', [
    row!.id,
  ]);
  expect(chunks.rowCount).toBeLessThan(80);
}, 30_000);

it('can be drawn and read where they are in very many rows', async () => {
  const { points, series } = server();
  const runId = await newRun();
  const rows = 150_000;
  await points.log(runId, [{ key: 'a', step: 0, atMs: 0, value: 0 }], () => undefined);
  await test.database.$client.query(
    `insert into metric_chunks (series_id, first_step, last_step, points, low_step, low_at_ms, low_value, high_step,
      high_at_ms, high_value, data)
    select s.id, step, step, 1, step, 0, step, step, 0, step, float8send(step) || float8send(0) || float8send(step)
    from metric_series s, generate_series(1, $1) step where s.run_id = $2`,
    [rows, runId],
  );
  const [row] = await series.ofRuns([runId]);
  const long = { ...row!, last: { step: rows, atMs: 0, value: rows } };
  const { points: line, isExact } = await series.line(long, {}, 100);
  expect([line[0]!.step, line.at(-1)!.step, isExact]).toEqual([0, rows, false]);
  const page = await series.history(row!.id, { step: 149_000, atMs: 0, value: 149_000 }, 10);
  expect(page.map(({ step }) => step)).toEqual(Array.from({ length: 10 }, (_, index) => 149_001 + index));
});

it('of one step that come in no order are stored and read page by page', async () => {
  const { points, series } = server();
  const runId = await newRun();
  const count = 60_000;
  for (let from = count; from > 0; from -= 10_000) {
    const batch = Array.from({ length: 10_000 }, (_, at) => ({
      key: 'a',
      step: 0,
      atMs: from - at,
      value: 0,
    }));
    await points.log(runId, batch, () => undefined);
  }
  const [row] = await series.ofRuns([runId]);
  expect(row!.points).toBe(count);
  const page = await series.history(row!.id, { step: 0, atMs: 30_000, value: 0 }, 3);
  expect(page.map(({ atMs }) => atMs)).toEqual([30_001, 30_002, 30_003]);
});

it('reach a run that was deleted meanwhile no more, whatever the server remembers of it', async () => {
  const one = server();
  const runId = await newRun();
  const log = (step: number) =>
    one.points.log(runId, [{ key: 'a', step, atMs: 0, value: step }], () => undefined);
  await log(1);
  await log(2);
  await test.client(mlflow.deleteRun, { body: { run_id: runId } });
  await expect(log(3)).rejects.toMatchObject({ code: 'run.deleted' });
  await test.client(mlflow.restoreRun, { body: { run_id: runId } });
  await log(4);
  const { points } = await test.client(tracking.points, {
    params: { run_id: runId },
    query: { key: 'a' },
  });
  expect(points.map(({ step }) => step)).toEqual([1, 2, 4]);
});
