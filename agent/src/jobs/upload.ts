import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, asFailure, createClient, routes } from '@hearth/contract';
import { transferring } from '../backoff.ts';
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
/** A full disk is often cleared soon, and what hours of work made is worth a wait. */
const fullPatienceMs = 10 * 60 * 1000;

/** Gives one result to the server and tells of it in the journal. */
export async function uploadArtifact(context: JobContext, upload: Upload): Promise<void> {
  const { name, format } = upload;
  context.tell({ type: 'artifact', name, format, ...(await sendFile(context, upload)) });
}

/** Gives a file to the server. Tries as long as it is away or busy; a server that has given the job up ends it. */
export async function sendFile(
  { assignment, signal, log }: Pick<JobContext, 'assignment' | 'signal' | 'log'>,
  upload: Upload,
): Promise<{ sha256: string; sizeBytes: number }> {
  const { name, format, path } = upload;
  const sha256 = upload.sha256 ?? (await digestFile(path, signal));
  const client = createClient({ baseUrl: assignment.serverUrl, token: () => assignment.jobToken });
  const params = { id: assignment.jobId, name };
  const began = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const body = await openAsBlob(path);
      await client(routes.jobs.putArtifact, { params, query: { sha256, format }, body }, { signal });
      break;
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() - began > patienceFor(error)) throw explain(error, name);
      if (attempt === 0)
        log('WARNING', `The server cannot take ${name} now; trying again. ${reasonOf(error)}`.trim());
      await sleep(transferring.delayMs(attempt + 1), undefined, { signal });
    }
  }
  return { sha256, sizeBytes: (await stat(path)).size };
}

function patienceFor(error: unknown): number {
  if (!(error instanceof ApiError)) return 0;
  if (error.code === 'storage.full') return fullPatienceMs;
  return error.status === 0 || error.status === 429 || error.status >= 500 ? patienceMs : 0;
}

const reasonOf = (error: unknown): string => (error instanceof ApiError ? error.message : '');

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof ApiError)) return error;
  return new JobError(
    asFailure({ code: error.code, message: error.message }).code,
    `The server did not take ${name}: ${error.message}`,
    error,
  );
}
