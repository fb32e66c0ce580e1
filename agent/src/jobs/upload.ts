import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, createClient, routes } from '@hearth/contract';
import { backoffMs } from '../backoff.ts';
import { digestFile } from '../files/digest.ts';
import type { JobContext } from './job-context.ts';
import { JobError } from './job-error.ts';

export interface Upload {
  path: string;
  name: string;
  format: string;
  /** Reckoned here when it is not known yet. */
  sha256?: string;
}

/** So long a server may be away before a finished result is given up. */
const patienceMs = 24 * 60 * 60 * 1000;

/**
 * Gives one result to the server and tells of it in the journal. Tries as long as the server is away or busy; a
 * server that has given the job up ends it.
 */
export async function uploadArtifact(context: JobContext, upload: Upload): Promise<void> {
  const { assignment, signal, tell, log } = context;
  const { name, format, path } = upload;
  const sha256 = upload.sha256 ?? (await digestFile(path, signal));
  const client = createClient({ baseUrl: assignment.serverUrl, token: () => assignment.jobToken });
  const params = { id: assignment.jobId, name };
  const deadline = performance.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const body = await openAsBlob(path);
      await client(routes.jobs.putArtifact, { params, query: { sha256, format }, body }, { signal });
      break;
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || performance.now() > deadline) throw explain(error, name);
      if (attempt === 0) log('WARNING', `The server cannot take ${name} now; trying again.`);
      await sleep(backoffMs(attempt, { leastMs: 500 }), undefined, { signal });
    }
  }
  tell({ type: 'artifact', name, format, sha256, sizeBytes: (await stat(path)).size });
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.code === 'storage.full') return false;
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof ApiError)) return error;
  return new JobError(error.code, `The server did not take ${name}: ${error.message}`, error);
}
