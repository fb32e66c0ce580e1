import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { JobError } from '../job-error.ts';
import type { PullSource } from './source.ts';

/** `/absolute/path` on the node itself. */
export const pullFile: PullSource = async (address) => {
  const given = address.replace(/^\/\/(?=\/)/, '');
  if (!isAbsolute(given) || given.includes('\0'))
    throw new JobError('pull.bad_source', 'A file source is an absolute path: file:/path/to/model.gguf.');
  const path = await realpath(given).catch(() => undefined);
  const facts = path === undefined ? undefined : await stat(path);
  if (path === undefined || !facts?.isFile())
    throw new JobError('pull.bad_source', `There is no file ${given} on this machine.`);
  return { path, name: basename(given), details: { path: given }, isForeign: true };
};
