import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes, type TrainingPayload } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { type Assignment, digestOf, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { training } = routes;
let test: TestApp;
let agent: ScriptedAgent;
beforeAll(async () => {
  test = await startTestApp({ config: { maxConcurrentSessions: 20 } });
  await uploadDataset(test, 'flowers');
  agent = await ScriptedAgent.connect(test);
});
afterAll(async () => {
  await agent.close();
  await test.close();
});

const own = (...path: string[]) => join(test.config.home, 'trainers', ...path);
async function addRecipe(name: string, manifest: object, code = 'print(1)\n'): Promise<void> {
  await mkdir(own(name), { recursive: true });
  await mkdir(own('shared'), { recursive: true });
  await writeFile(own('shared', 'tools.py'), 'x = 1\n');
  await writeFile(own(name, 'train.py'), code);
  await writeFile(own(name, 'recipe.json'), JSON.stringify(manifest));
}
const manifest = (name: string, more: object = {}) => ({
  name,
  description: { en: 'A test.' },
  data: 'tabular',
  formats: ['csv'],
  entry: 'train.py',
  include: ['shared'],
  runtime: { type: 'python', requirements: ['iniconfig==2.3.0'] },
  options: [{ name: 'depth', type: 'integer', default: 3, min: 1 }],
  ...more,
});
const payloadOf = ({ payload }: Assignment): TrainingPayload => {
  if (payload.kind !== 'training') throw new Error('no training');
  return payload;
};
const listed = async (name: string) =>
  (await test.client(training.architectures, {})).find((architecture) => architecture.name === name);
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('the catalogue', () => {
  it('has the built-in trainers, the shipped recipes and an administrator’s own', async () => {
    await addRecipe('mine', manifest('mine'));
    const all = await test.client(training.architectures, {});
    expect(all.filter(({ origin }) => origin === 'built-in').map(({ name }) => name)).toEqual([
      'logistic',
      'mlp',
      'tiny-llama',
    ]);
    expect(all.filter(({ origin }) => origin === 'recipe').every(({ problem }) => problem === null)).toBe(
      true,
    );
    expect(await listed('mine')).toMatchObject({
      origin: 'own',
      problem: null,
      formats: ['csv'],
      options: [{ name: 'depth', default: 3 }],
      requirements: ['iniconfig==2.3.0'],
    });
  });

  it('says what is wrong with one, and does not train by it', async () => {
    await addRecipe('broken', manifest('another'));
    await addRecipe('mlp', manifest('mlp'));
    await addRecipe('no-entry', manifest('no-entry', { entry: 'main.py' }));
    await addRecipe('no-shared', manifest('no-shared', { include: ['elsewhere'] }));
    expect((await listed('broken'))?.problem).toMatch(/its folder is called broken/);
    expect((await listed('no-entry'))?.problem).toMatch(/no file main\.py/);
    expect((await listed('no-shared'))?.problem).toMatch(/no folder/);
    const twice = (await test.client(training.architectures, {})).filter(({ name }) => name === 'mlp');
    expect(twice.map(({ origin, problem }) => [origin, problem])).toEqual([
      ['built-in', null],
      ['own', 'There is another architecture named mlp already.'],
    ]);
    const start = startRun(test, { model_architecture: 'no-entry' });
    await expect(start).rejects.toEqual(refusal('training.unsuited', /no-entry cannot be used: .*main\.py/));
    await rm(own('mlp'), { recursive: true });
  });
});

describe('a run by a recipe', () => {
  it('goes out with its code and checked options, and its model leads back to the code', async () => {
    await addRecipe('told', manifest('told'), 'print("told")\n');
    const { session_id } = await startRun(test, { model_architecture: 'told' });
    const job = await agent.next(
      'job.assign',
      ({ payload }) => payload.kind === 'training' && payload.sessionId === session_id,
    );
    const { program, config, runId, resume } = payloadOf(job);
    expect(config.options).toEqual({ depth: 3 });
    expect(resume).toBeNull();
    expect(program).toMatchObject({
      entry: 'told/train.py',
      workingDirectory: 'told',
      args: [],
      runtime: { type: 'python' },
    });
    expect(program?.code.files.map(({ path }) => path)).toEqual([
      'told/recipe.json',
      'told/train.py',
      'shared/tools.py',
    ]);
    const sha256 = digestOf('print("told")\n');
    expect(program?.code.files.some((file) => file.sha256 === sha256)).toBe(true);

    const reporter = test.clientOf(job.jobToken);
    const report = (id: string, body: object) => reporter(routes.reports.report, { params: { id }, body });
    agent.events(job, 1, [started()]);
    await agent.acked(job, 1);
    await report(job.jobId, {
      metrics: { loss: 0.5, val_loss: 'NaN', none: null },
      step: 1,
      params: { trees: 7 },
    });
    const strange = report('00000000-0000-4000-8000-000000000000', { metrics: { loss: 1 } });
    await expect(strange).rejects.toEqual(refusal('job.foreign_lease', /not, or no longer, yours/));
    await expect(report(job.jobId, { checkpoint: 'x' })).rejects.toEqual(refusal('request.invalid', /./));
    const history = await test.client(training.history, { params: { session_id } });
    expect(history).toMatchObject([{ epoch: 1, loss: 0.5, accuracy: null, val_loss: null }]);
    const run = await test.client(routes.tracking.run, { params: { run_id: runId } });
    expect(run.params).toMatchObject({ trees: '7', depth: '3' });

    const bytes = new Uint8Array(Buffer.from('model'));
    await agent.putArtifact(job, 'model.onnx', bytes, digestOf(bytes));
    agent.events(job, 2, [finished('completed', { task: 'regression' })]);
    await expect
      .poll(async () => (await test.client(training.run, { params: { session_id } })).status, {
        timeout: 5000,
      })
      .toBe('completed');
    const [version] = await test.client(routes.registry.modelVersions, { params: { name: 'told_flowers' } });
    expect(version).toMatchObject({
      task: 'regression',
      lineage: { session_id, code_digest: program?.code.digest },
    });
  });

  it.each([
    [{ options: { depth: 0 } }, 'training.option_refused', /options\.depth is at least 1/],
    [{ options: { other: 1 } }, 'training.option_refused', /options\.other is no option/],
    [{ gpus: 1 }, 'training.unsuited', /no use of GPUs/],
    [{ nodes: 2 }, 'training.unsuited', /one machine only/],
    [{ resume_from: 'sess_000000000000' }, 'training.not_resumable', /no run sess_000000000000/],
  ])('is refused with %j', async (config, code, message) => {
    await addRecipe('mine', manifest('mine'));
    await expect(startRun(test, { model_architecture: 'mine', ...config })).rejects.toEqual(
      refusal(code, message),
    );
  });
});
