import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { addWheel } from '../testing/wheel.ts';
import { ensurePython, type PythonNeeds } from './ensure-python.ts';

const minute = 120_000;

/** Needs with an index of their own, in a folder: nothing is fetched from elsewhere. */
async function offline(more: Partial<PythonNeeds> = {}) {
  const root = await temporaryFolder();
  const index = join(root, 'index');
  const sizeBytes = await addWheel(index, { name: 'hearthprobe', code: 'answer = 42\n' });
  const said: string[] = [];
  const needs: PythonNeeds = {
    requirements: ['hearthprobe==1.0'],
    folder: join(root, 'python'),
    log: (level, message) => said.push(`${level} ${message}`),
    signal: new AbortController().signal,
    limitMb: 100,
    env: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, PIP_EXTRA_INDEX_URL: '' },
    ...more,
  };
  return { needs, said, index, sizeBytes };
}
const answerOf = (python: string) =>
  execFileSync(python, ['-c', 'import hearthprobe; print(hearthprobe.answer)'], { encoding: 'utf8' }).trim();
const made = async (folder: string) =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith('.lock'));

it('gives the machine’s own python, not a shim, where nothing is required', async () => {
  const { needs } = await offline({ requirements: [] });
  const { python } = await ensurePython(needs);
  const real = execFileSync(python, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  expect(python).toBe(real);
  expect(await made(needs.folder)).toEqual([]);
});

describe('makes an environment', () => {
  it('once, says what it downloads first, and finds it again', { timeout: minute }, async () => {
    const { needs, said, sizeBytes } = await offline();
    const [first, second] = await Promise.all([ensurePython(needs), ensurePython(needs)]);
    expect(second).toEqual(first);
    expect(answerOf(first.python)).toBe('42');
    expect(said.filter((line) => line.includes('environment is ready'))).toHaveLength(1);
    expect(said.filter((line) => line.includes('waiting for it'))).toHaveLength(1);
    const told = said.findIndex(
      (line) => line === `INFO To download: ${Math.ceil(sizeBytes / 1000)} kB in 1 package.`,
    );
    expect(told).toBeGreaterThan(0);
    expect(said.findIndex((line) => line.includes('Installing collected'))).toBeGreaterThan(told);
    said.length = 0;
    expect(await ensurePython({ ...needs, requirements: [' hearthprobe==1.0', 'hearthprobe==1.0'] })).toEqual(
      first,
    );
    expect(said).toEqual([]);
    expect(await made(needs.folder)).toHaveLength(1);
  });

  it('afresh where one was left half made', { timeout: minute }, async () => {
    const { needs } = await offline();
    await ensurePython(needs);
    const [digest = ''] = await made(needs.folder);
    execFileSync('rm', ['-r', join(needs.folder, digest)]);
    await mkdir(join(needs.folder, digest, 'begun/bin'), { recursive: true });
    await writeFile(join(needs.folder, digest, 'begun/bin/python'), 'half');
    // The one that began it is gone, and its id may be another's by now.
    await writeFile(join(needs.folder, `${digest}.lock`), `${process.pid} 1`);
    expect(answerOf((await ensurePython(needs)).python)).toBe('42');
  });

  it('in one process while another waits, and takes over when that is killed', {
    timeout: minute,
  }, async () => {
    const { needs, said } = await offline();
    const program = join(needs.folder, '../other.mjs');
    const { log, signal, ...plain } = needs;
    await writeFile(
      program,
      `import { ensurePython } from ${JSON.stringify(join(import.meta.dirname, 'ensure-python.ts'))};
       const log = (level, message) => process.send(message);
       await ensurePython({ ...${JSON.stringify(plain)}, log, signal: new AbortController().signal });`,
    );
    const other = fork(program);
    await once(other, 'message');
    const mine = ensurePython(needs);
    await vi.waitFor(() => expect(said).toEqual([expect.stringContaining('Another job makes')]), 30_000);
    other.kill('SIGKILL');
    expect(answerOf((await mine).python)).toBe('42');
  });
});

describe('leaves nothing half and says why', () => {
  it('over the limit', { timeout: minute }, async () => {
    const { needs } = await offline({ limitMb: 0 });
    await expect(ensurePython(needs)).rejects.toMatchObject({
      code: 'python.too_large',
      message: expect.stringMatching(
        /needs 1 kB in 1 package \(hearthprobe .*HEARTH_PYTHON_DOWNLOAD_LIMIT_MB/,
      ),
    });
    expect(await made(needs.folder)).toEqual([]);
  });

  it('when a package is not to be had', { timeout: minute }, async () => {
    const { needs } = await offline({ requirements: ['hearthprobe==2.0'] });
    await expect(ensurePython(needs)).rejects.toMatchObject({
      code: 'python.failed',
      message: 'pip finds no version that fits hearthprobe==2.0; there are 1.0.',
    });
    expect(await made(needs.folder)).toEqual([]);
  });

  it('when it is stopped', { timeout: minute }, async () => {
    const abort = new AbortController();
    const { needs } = await offline({ signal: abort.signal });
    const making = ensurePython(needs);
    // Not before it is at work: looking for the interpreter alone takes long on a busy machine.
    const isAtWork = async () =>
      (await readdir(needs.folder, { recursive: true }).catch(() => [])).length > 20;
    void expect
      .poll(isAtWork, { timeout: minute / 2 })
      .toBe(true)
      .finally(() => abort.abort());
    await expect(making).rejects.toMatchObject({ name: 'AbortError' });
    expect(await made(needs.folder)).toEqual([]);
    expect(await readdir(needs.folder)).toEqual([]);
  });

  it.each(['--index-url=http://x', '-r file', 'a\nb', ''])('when %j is asked for', async (requirement) => {
    const { needs } = await offline({ requirements: [requirement] });
    await expect(ensurePython(needs)).rejects.toMatchObject({ code: 'python.failed' });
  });

  it('where there is no python, an old one, or one without venv', async () => {
    const { needs } = await offline();
    const folder = await temporaryFolder();
    const scripted = async (name: string, body: string) => {
      const path = join(folder, name);
      await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      return path;
    };
    const facts = (version: string) =>
      `if [ "$2" = -c ]; then echo '{"executable": "'$0'", "version": "${version}", "tag": "t"}'; exit; fi`;
    const cases = [
      ['no-such-python', /There is no no-such-python/],
      [await scripted('old', facts('3.6.1')), /is Python 3\.6\.1\. Install Python 3\.9 or newer/],
      [
        await scripted('bare', `${facts('3.11.2')}; echo "ensurepip is not available"; exit 1`),
        /lacks its module venv .* apt install python3-venv/,
      ],
    ] as const;
    for (const [command, message] of cases) {
      const found = ensurePython({ ...needs, command });
      await expect(found).rejects.toMatchObject({
        code: 'python.unavailable',
        message: expect.stringMatching(message),
      });
    }
  });
});

it('installs a small package from the index that pip is set to', { timeout: minute }, async ({ skip }) => {
  const { needs, said } = await offline({ requirements: ['iniconfig==2.3.0'] });
  const { env: _, ...online } = needs;
  try {
    const { python } = await ensurePython(online);
    execFileSync(python, ['-c', 'import iniconfig; iniconfig.IniConfig']);
    expect(said).toContainEqual(expect.stringMatching(/^INFO To download: \d+ kB in 1 package\.$/));
  } catch (error) {
    if (error instanceof Error && /cannot reach its package index/.test(error.message)) skip(error.message);
    throw error;
  }
});
