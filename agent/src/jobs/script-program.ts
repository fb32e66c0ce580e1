import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel, Program } from '@hearth/contract';
import { inheritedEnvironment, readJobConfig } from '../config.ts';
import { fetchBlob } from '../files/blob-cache.ts';
import { BadBundle, isSafe, materializeCode } from '../files/code-bundle.ts';
import type { Folders } from '../folders.ts';
import { ensurePython } from '../python/ensure-python.ts';
import type { Assignment } from './job-directory.ts';
import { JobError } from './job-error.ts';

export interface Preparing {
  assignment: Assignment;
  folders: Pick<Folders, 'cache' | 'code' | 'python'>;
  signal: AbortSignal;
  log: (level: LogLevel, message: string) => void;
}
type Command = readonly [string, ...string[]];
type PythonRuntime = Extract<Program['runtime'], { type: 'python' }>;

/** Lays a program's code down and finds what runs it; says in the log what takes time. */
export async function prepareProgram(
  program: Program,
  preparing: Preparing,
): Promise<{ command: Command; folder: string; environment: Record<string, string> }> {
  const { assignment, folders, signal } = preparing;
  const { jobId: owner, jobToken: token, serverUrl } = assignment;
  const { entry, args, environment, workingDirectory } = program;
  const inside = ['', '.'].includes(workingDirectory) || isSafe(workingDirectory);
  if (!isSafe(entry) || !inside || !program.code.files.some(({ path }) => path === entry))
    throw new JobError('job.bad_program', `${JSON.stringify(entry)} is no file of this program's code.`);
  const code = await materializeCode({
    folder: folders.code,
    bundle: program.code,
    fetch: (file) => fetchBlob({ ...file, cache: folders.cache, serverUrl, token, owner, signal }),
  }).catch((error: unknown) => {
    throw error instanceof BadBundle ? new JobError('job.bad_program', error.message, error) : error;
  });
  const folder = join(code, workingDirectory);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new JobError('job.bad_program', `${JSON.stringify(workingDirectory)} is no folder of its code.`);
  const path = join(code, entry);
  if (program.runtime.type === 'executable') return { command: [path, ...args], folder, environment };
  if (program.runtime.type === 'node')
    return { command: [process.execPath, path, ...args], folder, environment };
  const python = await findPython(program.runtime, preparing);
  // What a program prints shall be seen when it is printed.
  const unbuffered = { PYTHONUNBUFFERED: '1', ...environment };
  return { command: [python, path, ...args], folder, environment: unbuffered };
}

/** Asking a python who it is costs more than many a script: each is asked once. */
const known = new Map<string, string>();

async function findPython(
  { requirements, optional = [] }: PythonRuntime,
  preparing: Preparing,
): Promise<string> {
  const { command, limitMb, folder = preparing.folders.python } = readJobConfig().python;
  const key = JSON.stringify([command, folder, requirements, optional]);
  const before = known.get(key);
  if (before !== undefined && existsSync(before)) return before;
  const { signal, log } = preparing;
  const env = inheritedEnvironment();
  const ensure = (packages: string[]) =>
    ensurePython({ requirements: packages, folder, command, limitMb, log, signal, env });
  // What could not be had just now may be had the next time; what is too large stays so.
  let isFinal = true;
  const { python } = await ensure([...requirements, ...optional]).catch((error: unknown) => {
    if (optional.length === 0 || signal.aborted || !(error instanceof JobError)) throw error;
    log('WARNING', `Going on without ${optional.join(', ')}. ${error.message}`);
    isFinal = error.code === 'python.too_large';
    return ensure(requirements);
  });
  if (isFinal) known.set(key, python);
  return python;
}
