import { MlflowErrorBody, mlflowLoggedModelRoutes, type Route, routes, urlOf } from '@hearth/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { mlflow } = routes;
let test: TestApp;
let experiment: string;
let run: string;
let goneRun: string;
beforeAll(async () => {
  test = await startTestApp({ config: { rateLimitPerMinute: 0 } });
});
afterAll(() => test.close());
let count = 0;
beforeEach(async () => {
  count += 1;
  const { client } = test;
  ({ experiment_id: experiment } = await client(mlflow.createExperiment, { body: { name: `e${count}` } }));
  const create = async () =>
    (await client(mlflow.createRun, { body: { experiment_id: experiment } })).run.info.run_id;
  [run, goneRun] = [await create(), await create()];
  await client(mlflow.logBatch, {
    body: {
      run_id: run,
      metrics: [{ key: 'loss', value: 0.5, timestamp: 5, step: 1 }],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 'colour', value: 'red' }],
    },
  });
  await client(mlflow.deleteRun, { body: { run_id: goneRun } });
});

interface Case {
  route: Route;
  /** What succeeds. */
  good: () => object;
  /** What is refused, by the code that says why. */
  bad?: Record<string, (() => object)[]>;
}
const nobody = 'f'.repeat(32);
const notRun = (): object => ({ run_id: nobody });
const notId = (): object => ({ run_id: 'x' });
const gone = (): object => ({ run_id: goneRun });
const noExperiment = (): object => ({ experiment_id: '999999' });
const absent = 'RESOURCE_DOES_NOT_EXIST';
const invalid = 'INVALID_PARAMETER_VALUE';
const taken = 'RESOURCE_ALREADY_EXISTS';
/** The refusals of every route that writes to a run. */
const runBad = (more: (() => object)[] = []) => ({ [absent]: [notRun], [invalid]: [notId, gone, ...more] });
const point = { key: 'loss', value: 1, timestamp: 1, step: 2 };
const points = (length: number) => Array.from({ length }, () => point);
const pairs = (length: number) => Array.from({ length }, (_, index) => ({ key: `k${index}`, value: '' }));
/** With as many tags too much for one request. */
const large = () => pairs(40).map(({ key }) => ({ key, value: 'x'.repeat(6000) }));
const artifacts = () => `${experiment}/${run}/artifacts`;

const cases: Record<string, Case> = {
  'experiments/create': {
    route: mlflow.createExperiment,
    good: () => ({ name: `new ${count}`, tags: [{ key: 'a', value: 'b' }] }),
    bad: {
      [taken]: [() => ({ name: `e${count}` }), () => ({ name: 'Default' })],
      [invalid]: [() => ({ name: '' })],
    },
  },
  'experiments/get': {
    route: mlflow.getExperiment,
    good: () => ({ experiment_id: '0' }),
    bad: { [absent]: [noExperiment], [invalid]: [() => ({ experiment_id: 'a' }), () => ({})] },
  },
  'experiments/get-by-name': {
    route: mlflow.getExperimentByName,
    good: () => ({ experiment_name: 'Default' }),
    bad: { [absent]: [() => ({ experiment_name: 'none' })], [invalid]: [() => ({})] },
  },
  'experiments/search': {
    route: mlflow.searchExperiments,
    good: () => ({ max_results: 2, filter: "name LIKE 'e%' and tags.a IS NULL", order_by: ['name desc'] }),
    bad: {
      [invalid]: [
        () => ({ max_results: 0 }),
        () => ({ filter: 'metrics.a > 1' }),
        () => ({ order_by: ['nonsense'] }),
        () => ({ page_token: 'zz' }),
      ],
    },
  },
  'experiments/update': {
    route: mlflow.updateExperiment,
    good: () => ({ experiment_id: experiment, new_name: `renamed ${count}` }),
    bad: {
      [absent]: [() => ({ ...noExperiment(), new_name: 'x' })],
      [taken]: [() => ({ experiment_id: experiment, new_name: 'Default' })],
      [invalid]: [() => ({ experiment_id: experiment })],
    },
  },
  'experiments/delete': {
    route: mlflow.deleteExperiment,
    good: () => ({ experiment_id: experiment }),
    bad: {
      [absent]: [noExperiment],
      [invalid]: [() => ({})],
      INVALID_STATE: [() => ({ experiment_id: '0' })],
    },
  },
  'experiments/restore': {
    route: mlflow.restoreExperiment,
    good: () => ({ experiment_id: experiment }),
    bad: { [absent]: [noExperiment], [invalid]: [() => ({})] },
  },
  'experiments/set-experiment-tag': {
    route: mlflow.setExperimentTag,
    good: () => ({ experiment_id: experiment, key: 'k', value: 'v' }),
    bad: {
      [absent]: [() => ({ ...noExperiment(), key: 'k', value: 'v' })],
      [invalid]: [() => ({ key: 'k' })],
    },
  },
  'experiments/delete-experiment-tag': {
    route: mlflow.deleteExperimentTag,
    good: () => ({ experiment_id: '0', key: 'here' }),
    bad: { [absent]: [() => ({ experiment_id: experiment, key: 'none' })], [invalid]: [() => ({})] },
  },
  'runs/create': {
    route: mlflow.createRun,
    good: () => ({
      experiment_id: experiment,
      run_name: 'a',
      start_time: 7,
      tags: [{ key: 'a', value: '' }],
    }),
    bad: { [absent]: [noExperiment], [invalid]: [() => ({ start_time: -1 }), () => ({ experiment_id: {} })] },
  },
  'runs/get': {
    route: mlflow.getRun,
    good: gone,
    bad: { [absent]: [notRun], [invalid]: [notId, () => ({})] },
  },
  'runs/update': {
    route: mlflow.updateRun,
    good: () => ({ run_id: run, status: 'FINISHED', end_time: 9, run_name: 'named' }),
    bad: runBad([() => ({ run_id: run, status: 'DONE' })]),
  },
  'runs/delete': {
    route: mlflow.deleteRun,
    good: () => ({ run_id: run }),
    bad: { [absent]: [notRun], [invalid]: [notId] },
  },
  'runs/restore': { route: mlflow.restoreRun, good: gone, bad: { [absent]: [notRun], [invalid]: [notId] } },
  'runs/search': {
    route: mlflow.searchRuns,
    good: () => ({ experiment_ids: [experiment], filter: 'metrics.loss < 1', order_by: ['metrics.loss'] }),
    bad: {
      [invalid]: [
        () => ({ filter: 'metrics.loss <' }),
        () => ({ filter: "metrics.loss = 'a'" }),
        () => ({ filter: 'params.lr = 1' }),
        () => ({ filter: "params.lr > '1'" }),
        () => ({ filter: "nonsense.a = '1'" }),
        () => ({ filter: "attributes.nonsense = '1'" }),
        () => ({ order_by: ['metrics.loss sideways'] }),
        () => ({ max_results: 50_001 }),
        () => ({ page_token: 'x' }),
      ],
    },
  },
  'runs/set-tag': {
    route: mlflow.setTag,
    good: () => ({ run_id: run, key: 'a', value: 'b' }),
    bad: runBad([() => ({ run_id: run, key: '', value: '' })]),
  },
  'runs/delete-tag': {
    route: mlflow.deleteTag,
    good: () => ({ run_id: run, key: 'colour' }),
    bad: {
      [absent]: [() => ({ ...notRun(), key: 'a' }), () => ({ run_id: run, key: 'none' })],
      [invalid]: [notId],
    },
  },
  'runs/log-metric': {
    route: mlflow.logMetric,
    good: () => ({ run_id: run, ...point, value: 'NaN' }),
    bad: runBad([
      () => ({ run_id: run, ...point, value: 'much' }),
      () => ({ run_id: run, ...point, key: 'a\n' }),
    ]),
  },
  'runs/log-parameter': {
    route: mlflow.logParam,
    good: () => ({ run_id: run, key: 'lr', value: '0.1' }),
    bad: runBad([
      () => ({ run_id: run, key: 'lr', value: '0.2' }),
      () => ({ run_id: run, key: 'long', value: 'x'.repeat(6001) }),
    ]),
  },
  'runs/log-batch': {
    route: mlflow.logBatch,
    good: () => ({ run_id: run, metrics: points(1000) }),
    bad: runBad([
      () => ({ run_id: run, metrics: points(1001) }),
      () => ({ run_id: run, metrics: points(950), params: pairs(51) }),
      () => ({ run_id: run, params: pairs(101) }),
      () => ({ run_id: run, params: [{ key: 'lr', value: '9' }] }),
      () => ({ run_id: run, params: [...pairs(1), { key: 'k0', value: 'other' }] }),
      () => ({ run_id: run, tags: [{ key: 'big', value: 'x'.repeat(8001) }] }),
    ]),
  },
  'runs/log-inputs': {
    route: mlflow.logInputs,
    good: () => ({
      run_id: run,
      datasets: [{ tags: [], dataset: { name: 'd', digest: '1', source_type: 'local', source: '{}' } }],
    }),
    bad: runBad([() => ({ run_id: run, datasets: [{ tags: [] }] })]),
  },
  'runs/outputs': {
    route: mlflow.logOutputs,
    good: () => ({ run_id: run, models: [{ model_id: 'm-1', step: 2 }] }),
    bad: runBad([() => ({ run_id: run, models: [{}] })]),
  },
  'metrics/get-history': {
    route: mlflow.metricHistory,
    good: () => ({ run_id: run, metric_key: 'loss' }),
    bad: { [absent]: [() => ({ ...notRun(), metric_key: 'a' })], [invalid]: [notId] },
  },
  'metrics/get-history-bulk': {
    route: mlflow.metricHistories,
    good: () => ({ run_id: run, metric_key: 'loss' }),
    bad: { [absent]: [() => ({ ...notRun(), metric_key: 'a' })], [invalid]: [notId] },
  },
  'artifacts/list': {
    route: mlflow.listRunArtifacts,
    good: () => ({ run_id: run }),
    bad: { [absent]: [notRun], [invalid]: [notId, () => ({ run_id: run, path: '../x' })] },
  },
  'mlflow-artifacts/artifacts': {
    route: mlflow.listArtifacts,
    good: () => ({ path: artifacts() }),
    bad: {
      [absent]: [() => ({ path: `0/${nobody}/artifacts` })],
      [invalid]: [() => ({ path: 'x' }), () => ({})],
    },
  },
  'server-info': { route: mlflow.serverInfo, good: () => ({}) },
};

async function send(
  route: Route,
  given: object,
  prefix = '/api/',
): Promise<{ status: number; body: unknown }> {
  const isQuery = route.method === 'GET';
  const path = urlOf(route, isQuery ? { query: given } : {}).replace(/^\/api\//, prefix);
  const response = await fetch(test.url + path, {
    method: route.method,
    headers: { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' },
    ...(isQuery ? {} : { body: JSON.stringify(given) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('every endpoint', () => {
  it.each(Object.entries(cases))(
    '%s answers 200, and each mistake with its code',
    async (_name, { route, good, bad = {} }) => {
      await test.client(mlflow.setExperimentTag, { body: { experiment_id: '0', key: 'here', value: '' } });
      for (const [code, mistakes] of Object.entries(bad))
        for (const mistake of mistakes) {
          const filled = mistake === gone || mistake === notRun ? { ...good(), ...mistake() } : mistake();
          const { status, body } = await send(route, filled);
          expect(body, JSON.stringify(filled).slice(0, 200)).toMatchObject({ error_code: code });
          expect(MlflowErrorBody.parse(body).message).not.toBe('');
          expect(status).toBe({ [absent]: 404, [invalid]: 400 }[code] ?? 409);
        }
      const { status, body } = await send(route, good());
      expect(status, JSON.stringify(body)).toBe(200);
      await send(mlflow.restoreRun, { run_id: run });
      await send(mlflow.restoreExperiment, { experiment_id: experiment });
      expect((await send(mlflow.getRun, { run_id: run }, '/ajax-api/')).status).toBe(200);
    },
  );

  it('has its row here', () => {
    const files: Route[] = [mlflow.getArtifact, mlflow.putArtifact, mlflow.deleteArtifact];
    const parts: Route[] = [mlflow.createUpload, mlflow.putPart, mlflow.completeUpload, mlflow.abortUpload];
    const covered = new Set([...Object.values(cases).map(({ route }) => route), ...files, ...parts]);
    expect(Object.values<Route>(mlflow).filter((route) => !covered.has(route))).toEqual([]);
  });
});

describe('logging', () => {
  it('takes batches of up to a megabyte, whether their size is said before or not', async () => {
    const tags = pairs(100).map(({ key }) => ({ key, value: 'x'.repeat(8000) }));
    const asked = async (body: object, said: boolean) => {
      const bytes = JSON.stringify({ run_id: run, ...body });
      const response = await fetch(`${test.url}/api/2.0/mlflow/runs/log-batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' },
        ...(said ? { body: bytes } : { body: new Blob([bytes]).stream(), duplex: 'half' }),
      });
      return [response.status, await response.json()];
    };
    for (const said of [true, false]) {
      expect(await asked({ tags }, said)).toEqual([200, {}]);
      expect(await asked({ tags, params: large() }, said)).toMatchObject([413, { error_code: invalid }]);
    }
  });

  it('reads the points of several runs at once, up to as many as are wanted', async () => {
    const ids: string[] = [];
    for (let count = 1; count <= 3; count += 1) {
      const { run: made } = await test.client(mlflow.createRun, { body: {} });
      const metrics = points(count).map((one, step) => ({ ...one, key: 'several', step }));
      await test.client(mlflow.logBatch, { body: { run_id: made.info.run_id, metrics } });
      ids.push(made.info.run_id);
    }
    const read = async (most: number) => {
      const query = new URLSearchParams({ metric_key: 'several', max_results: String(most) });
      for (const id of ids) query.append('run_id', id);
      const headers = { authorization: `Bearer ${test.adminToken}` };
      const answer = await fetch(`${test.url}${mlflow.metricHistories.path}?${query}`, { headers });
      return mlflow.metricHistories.response.parse(await answer.json()).metrics;
    };
    const counts = Map.groupBy(await read(100), ({ run_id }) => run_id);
    expect(ids.map((id) => counts.get(id)?.length)).toEqual([1, 2, 3]);
    for (const most of [1, 2, 3, 5, 6]) expect(await read(most)).toHaveLength(most);
  });

  it('takes a repeated batch as said once, whatever its order', async () => {
    const metrics = [1, 2, 3].map((step) => ({ key: 'loss', value: step, timestamp: step, step: 10 + step }));
    for (const given of [metrics, metrics, metrics.toReversed(), [metrics[1]!, ...metrics]])
      await test.client(mlflow.logBatch, { body: { run_id: run, metrics: given } });
    const history = await test.client(mlflow.metricHistory, { query: { run_id: run, metric_key: 'loss' } });
    expect(history.metrics.map(({ step }) => step)).toEqual([1, 11, 12, 13]);
    const { items } = await test.client(routes.tracking.series, { params: { run_id: run } });
    expect(items).toMatchObject([
      { key: 'loss', points: 4, first_step: 1, min: 0.5, max: 3, last: { step: 13 } },
    ]);
  });

  it('stores nothing of a batch it refuses', async () => {
    const body = {
      run_id: run,
      metrics: [point],
      params: [{ key: 'lr', value: 'other' }],
      tags: [{ key: 'new', value: '' }],
    };
    await expect(test.client(mlflow.logBatch, { body })).rejects.toThrow();
    const { data } = (await test.client(mlflow.getRun, { query: { run_id: run } })).run;
    expect(data).toMatchObject({ metrics: [{ key: 'loss', step: 1 }], params: [{ value: '0.1' }] });
    expect(data.tags.map(({ key }) => key)).not.toContain('new');
  });

  it('keeps NaN and the infinities, and tells the newest by step, time and value', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(String);
    for (const [index, value] of values.entries()) {
      const odd = { key: 'odd', value: value as 'NaN', timestamp: 0, step: index };
      await test.client(mlflow.logMetric, { body: { run_id: run, ...odd } });
      await test.client(mlflow.logMetric, { body: { run_id: run, ...odd } });
    }
    const { metrics } = await test.client(mlflow.metricHistory, {
      query: { run_id: run, metric_key: 'odd' },
    });
    expect(metrics.map(({ value }) => value)).toEqual(values);
    const first = await test.client(mlflow.metricHistory, {
      query: { run_id: run, metric_key: 'odd', max_results: 1 },
    });
    const rest = await test.client(mlflow.metricHistory, {
      query: { run_id: run, metric_key: 'odd', page_token: first.next_page_token },
    });
    expect([...first.metrics, ...rest.metrics]).toEqual(metrics);
    for (const forged of ['[1e300,0,1]', '[1.5,0,"NaN"]', '[0,0]']) {
      const page_token = Buffer.from(forged).toString('base64url');
      const query = { run_id: run, metric_key: 'odd', page_token };
      await expect(test.client(mlflow.metricHistory, { query })).rejects.toMatchObject({ status: 400 });
    }
  });

  it('begins the list of logged models anew where a client wrote something else into its tag', async () => {
    const key = 'mlflow.log-model.history';
    for (const value of ['garbage{', '5', '{"a":1}', 'null']) {
      await test.client(mlflow.setTag, { body: { run_id: run, key, value } });
      await test.client(mlflowLoggedModelRoutes.logModel, {
        body: { run_id: run, model_json: '{"flavors":{}}' },
      });
      const { tags } = (await test.client(mlflow.getRun, { query: { run_id: run } })).run.data;
      expect(tags).toContainEqual({ key, value: '[{"flavors":{}}]' });
    }
  });

  it('survives many writers of one run at once', async () => {
    const metrics = Array.from({ length: 300 }, (_, step) => ({
      key: `m${step % 3}`,
      value: step,
      timestamp: step,
      step,
    }));
    const writers = Array.from({ length: 12 }, (_, writer) =>
      test.client(mlflow.logBatch, {
        body: { run_id: run, metrics: writer % 2 ? metrics : metrics.slice(150) },
      }),
    );
    await Promise.all(writers);
    const { items } = await test.client(routes.tracking.series, { params: { run_id: run } });
    expect(items.filter(({ key }) => key !== 'loss').map((one) => one.points)).toEqual([100, 100, 100]);
  });
});

describe('searching', () => {
  it('filters, orders and pages', async () => {
    const make = async (loss: number | 'NaN', colour: string) => {
      const { run: made } = await test.client(mlflow.createRun, {
        body: { experiment_id: experiment, start_time: 1, run_name: colour },
      });
      const { run_id } = made.info;
      const metrics = [{ key: 'loss', value: loss, timestamp: 1, step: 1 }];
      await test.client(mlflow.logBatch, {
        body: { run_id, metrics, params: [{ key: 'colour', value: colour }] },
      });
    };
    await make(3, 'Blue');
    await make('NaN', 'green');
    await make(2, 'blue_ish');
    const names = async (filter: string, order_by: string[] = []) => {
      const body = { experiment_ids: [experiment], filter, order_by };
      return (await test.client(mlflow.searchRuns, { body })).runs.map(({ info }) => info.run_name);
    };
    const ordered = await names("params.colour != 'red'", ['metrics.loss desc']);
    expect(ordered).toEqual(['Blue', 'blue_ish', 'green']);
    expect(await names('metrics.loss > 2')).toEqual(['Blue']);
    expect(await names("params.colour LIKE 'blue%'")).toEqual(['blue_ish']);
    expect(await names("params.colour ILIKE 'blue%'", ['params.colour'])).toHaveLength(2);
    expect(await names("attributes.run_name IN ('green', 'x')")).toEqual(['green']);
    expect(await names("run_name NOT IN ('green', 'Blue') and start_time = 1")).toEqual(['blue_ish']);
    expect(await names("metrics.loss > 2 or (params.colour = 'green' and tags.colour IS NULL)")).toHaveLength(
      2,
    );
    const body = { experiment_ids: [experiment], max_results: 2, order_by: ['metrics.loss asc'] };
    const first = await test.client(mlflow.searchRuns, { body });
    const second = await test.client(mlflow.searchRuns, {
      body: { ...body, page_token: first.next_page_token },
    });
    expect([...first.runs, ...second.runs].map(({ info }) => info.run_name).slice(1)).toEqual([
      'blue_ish',
      'Blue',
      'green',
    ]);
    expect(second.next_page_token).toBeUndefined();
  });
});
