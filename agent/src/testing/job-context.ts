import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent, JobPayload } from '@hearth/contract';
import { readJobConfig } from '../config.ts';
import type { JobContext } from '../jobs/job-context.ts';
import { JobDirectory } from '../jobs/job-directory.ts';

/** A job's surroundings with a folder of its own; what it tells is kept in `told`. */
export async function jobContext(
  folder: string,
  payload: JobPayload,
  more: Partial<JobContext['assignment']> = {},
) {
  const assignment = {
    jobId: randomUUID(),
    leaseId: randomUUID(),
    jobToken: 'a job token',
    serverUrl: 'http://127.0.0.1:1',
    payload,
    gpus: [],
    gang: null,
    ...more,
  };
  const jobs = join(folder, 'jobs');
  const pulls = join(folder, 'cache/pulls');
  await mkdir(jobs, { recursive: true });
  await mkdir(pulls, { recursive: true });
  const told: JobEvent[] = [];
  const abort = new AbortController();
  const tell: JobContext['tell'] = (event) => told.push({ ...event, at: new Date().toISOString() });
  const context: JobContext = {
    assignment,
    directory: JobDirectory.create(jobs, assignment),
    cache: {
      cache: join(folder, 'cache'),
      pulls,
      code: join(folder, 'cache/code'),
      python: join(folder, 'python'),
    },
    config: readJobConfig({}),
    signal: abort.signal,
    tell,
    log: (level, message) => tell({ type: 'log', level, message }),
  };
  return { context, told, abort };
}
