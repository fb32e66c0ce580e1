import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exited, nextScript, patient, playScript, wrote } from '../testing/script-story.ts';
import { finished, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import { makeScriptsFolder } from '../testing/scripts-folder.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

/** The document's examples, letter by letter; only the port is another one. The header comes from curl's own settings. */
const examples = {
  collect: `curl -X POST http://localhost:8000/ml/data-collector/run \\
  -H "Content-Type: application/json" \\
  -d '{"mode": "batch", "timeout": 3600}'`,
  train: `curl -X POST http://localhost:8000/ml/trainer/run \\
  -H "Content-Type: application/json" \\
  -d '{"mode": "batch", "timeout": 3600}'`,
  status: 'curl http://localhost:8000/ml/scripts/status/data_collector.py',
  cancel: 'curl -X POST http://localhost:8000/ml/scripts/data_collector.py/cancel',
};

let folder: string;
let settings: string;
let test: TestApp;
let agent: ScriptedAgent;
beforeAll(async () => {
  folder = await makeScriptsFolder();
  test = await startTestApp({ config: { scriptsFolder: folder }, tuning: patient });
  agent = await ScriptedAgent.connect(test, undefined, { jobKinds: ['script'] });
  settings = await mkdtemp(join(tmpdir(), 'hearth-curl-'));
  const lines = [`header = "Authorization: Bearer ${test.adminToken}"`, 'write-out = "\\n%{http_code}"'];
  await writeFile(join(settings, '.curlrc'), lines.join('\n'), { mode: 0o600 });
});
afterAll(async () => {
  await agent.close();
  await test.close();
  for (const path of [folder, settings]) await rm(path, { recursive: true, force: true });
});

async function typed(example: string) {
  const here = example.replace('localhost:8000', `localhost:${new URL(test.url).port}`);
  const env = { ...process.env, CURL_HOME: settings, NO_PROXY: 'localhost' };
  const { stdout } = await promisify(execFile)('bash', ['-c', here], { env });
  const [, body = '', status] = /^(.*)\n(\d+)$/s.exec(stdout) ?? [];
  return { status: Number(status), body: JSON.parse(body) as object };
}
const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

it('collects, trains and tells how it went', async () => {
  const collecting = typed(examples.collect);
  const collect = await nextScript(agent, 'data_collector.py');
  expect(collect.payload).toMatchObject({
    timeoutMs: 3_600_000,
    program: { environment: { DATA_COLLECTOR_MODE: 'batch' } },
  });
  await playScript(agent, collect, [wrote('...'), exited(0)]);
  const result = { status: 'completed', return_code: 0, stdout: '...', stderr: '', started_at: at };
  expect(await collecting).toMatchObject({
    status: 200,
    body: { status: 'success', result: { script_name: 'data_collector.py', ...result, completed_at: at } },
  });
  const training = typed(examples.train);
  const train = await nextScript(agent, 'multi_model_trainer.py');
  expect(train.payload).toMatchObject({ timeoutMs: 3_600_000, program: { args: ['batch'] } });
  await playScript(agent, train);
  expect(await training).toMatchObject({ status: 200, body: { status: 'success' } });
  expect(await typed(examples.status)).toEqual({
    status: 200,
    body: {
      status: 'success',
      data: { ...result, completed_at: at, command: 'python data_collector.py' },
    },
  });
});

it('cancels', async () => {
  const collecting = typed(examples.collect);
  const job = await nextScript(agent);
  agent.events(job, 1, [started()]);
  await agent.acked(job, 1);
  expect(await typed(examples.status)).toEqual({
    status: 200,
    body: {
      status: 'success',
      data: { status: 'running', started_at: at, command: 'python data_collector.py' },
    },
  });
  const cancelling = typed(examples.cancel);
  await agent.next('job.cancel');
  agent.events(job, 2, [finished('stopped')]);
  expect(await cancelling).toEqual({
    status: 200,
    body: { status: 'success', message: 'Скрипт data_collector.py отменен' },
  });
  expect(await collecting).toMatchObject({ status: 200, body: { result: { status: 'cancelled' } } });
  expect((await typed(examples.cancel)).status).toBe(400);
});
