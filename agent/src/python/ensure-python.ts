import type { LogLevel } from '@hearth/contract';
import { JobError } from '../jobs/job-error.ts';
import { requireRoom } from '../jobs/pull-sources/partial-file.ts';
import { EnvironmentFolder } from './environment-folder.ts';
import { findInterpreter, type Interpreter } from './interpreter.ts';
import { type Package, Pip } from './pip.ts';
import { run } from './run.ts';

export interface PythonNeeds {
  /** What pip shall install (PEP 508, such as `numpy==2.3.1`); none: the machine's own python will do. */
  requirements: readonly string[];
  /** Where environments are kept: one for each set of requirements, used by all jobs that need it. */
  folder: string;
  log: (level: LogLevel, message: string) => void;
  signal: AbortSignal;
  /** The largest download, in megabytes, that may begin without anybody being asked. */
  limitMb: number;
  /** Name or path of the python to use; default python3. */
  command?: string;
  /** Environment of pip (proxy, mirror, certificates); default: this process's own. */
  env?: NodeJS.ProcessEnv;
}

/**
 * A python that has these packages. Makes a virtual environment for them on first use, after saying how much that
 * downloads; refuses what is over the limit. Throws JobError (python.unavailable, python.too_large, python.failed)
 * in words for the person whose job needs it.
 */
export async function ensurePython(needs: PythonNeeds): Promise<{ python: string }> {
  const { requirements, folder, log, signal, env, command = 'python3' } = needs;
  const interpreter = await findInterpreter(command, { signal, env });
  if (requirements.length === 0) return { python: interpreter.executable };
  const wanted = [...new Set(requirements.map(checked))].toSorted();
  const environment = new EnvironmentFolder(folder, [interpreter.executable, interpreter.tag, ...wanted]);
  const onWait = () =>
    log('INFO', 'Another job makes the Python environment that is needed; waiting for it.');
  const make = () => makeEnvironment(environment, wanted, interpreter, needs);
  await environment.ensure(make, { signal, onWait });
  return { python: environment.python };
}

async function makeEnvironment(
  environment: EnvironmentFolder,
  requirements: readonly string[],
  interpreter: Interpreter,
  { log, signal, limitMb, env }: PythonNeeds,
): Promise<object> {
  log('INFO', `Making a Python ${interpreter.version} environment for ${requirements.join(', ')}.`);
  await makeVenv(environment.path, interpreter, { signal, env });
  const onLine = (line: string) => {
    if (/^\s*(Collecting|Downloading|Using cached|Building|Installing|Successfully)/.test(line))
      log('DEBUG', line.trim().slice(0, 500));
  };
  const pip = new Pip(environment.python, { signal, env, onLine });
  await pip.renew();
  const packages = await pip.plan(requirements);
  const { bytes, text } = amount(packages);
  log('INFO', `To download: ${text}.`);
  if (bytes > limitMb * 1e6) throw tooLarge(packages, text, limitMb);
  await requireRoom(environment.path, bytes * 3);
  const began = performance.now();
  await pip.install(requirements);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  log('INFO', `The Python environment is ready; installing took ${seconds} s.`);
  return { requirements, python: interpreter, packages, bytes };
}

async function makeVenv(path: string, { executable }: Interpreter, options: VenvOptions): Promise<void> {
  const { code, stdout, stderr } = await run(executable, ['-I', '-m', 'venv', path], options);
  if (code === 0) return;
  const said = `${stderr}\n${stdout}`;
  if (/ensurepip|No module named '?"?(venv|pip)/.test(said))
    throw new JobError(
      'python.unavailable',
      'Python on this machine lacks its module venv (with pip), which makes environments for jobs. Install it (Debian: apt install python3-venv).',
    );
  throw new JobError('python.failed', `A Python environment could not be made: ${said.trim().slice(-300)}`);
}
type VenvOptions = Pick<PythonNeeds, 'signal' | 'env'>;

/** Manifests are an admin's, and yet none of their words shall become an option of pip. */
function checked(requirement: string): string {
  const text = requirement.trim();
  if (/^[A-Za-z0-9][^\n\r]{0,300}$/.test(text)) return text;
  throw new JobError('python.failed', `"${text.slice(0, 100)}" is no requirement of a Python package.`);
}

function amount(packages: readonly Package[]): { bytes: number; text: string } {
  const bytes = packages.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const unknown = packages.filter(({ sizeBytes }) => sizeBytes === null).length;
  const count = packages.length === 1 ? '1 package' : `${packages.length} packages`;
  const rest = unknown > 0 ? `, ${unknown} of them of unknown size` : '';
  return { bytes, text: `${size(bytes)} in ${count}${rest}` };
}

function tooLarge(packages: readonly Package[], text: string, limitMb: number): JobError {
  const largest = packages
    .toSorted((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0))
    .slice(0, 3)
    .map(({ name, sizeBytes }) => `${name} ${size(sizeBytes ?? 0)}`);
  const cpu = packages.some(({ name }) => name.startsWith('nvidia-'))
    ? ' A machine without a GPU needs much less when PIP_EXTRA_INDEX_URL names PyTorch’s index of CPU builds.'
    : '';
  return new JobError(
    'python.too_large',
    `This needs ${text} (${largest.join(', ')}), more than the ${limitMb} MB that may be downloaded unasked.${cpu} HEARTH_PYTHON_DOWNLOAD_LIMIT_MB allows more.`,
  );
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
