/**
 * A job's own process: `node host.ts <folder of the job>`. It writes the journal itself, so that the job goes on
 * when the agent dies, and ends by itself when it is told to stop (SIGTERM). That it was stopped is written down
 * by the agent, once nothing of it is left.
 */
import { join, resolve } from 'node:path';
import { readJobConfig } from '../config.ts';
import { DownloadError } from '../files/download-error.ts';
import type { JobContext, JobProgram } from './job-context.ts';
import { JobDirectory } from './job-directory.ts';
import { JobError } from './job-error.ts';
import { openJournal } from './journal.ts';
import { findProcess } from './process-table.ts';

const programs: Record<'training' | 'pull', () => Promise<JobProgram>> = {
  training: async () => (await import('./training.job.ts')).trainingJob,
  pull: async () => (await import('./pull.job.ts')).pullJob,
};

const directory = new JobDirectory(resolve(process.argv[2] ?? ''));
const assignment = await directory.readAssignment();
await directory.recordProcess({ pid: process.pid, startTicks: findProcess(process.pid)?.startTicks ?? '' });

const journal = openJournal(directory.journal);
const tell: JobContext['tell'] = (event) => journal.append({ ...event, at: new Date().toISOString() });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const fail = (error: unknown): void => {
  if (stop.signal.aborted) return;
  console.error(error);
  tell({ type: 'finished', outcome: 'failed', error: describe(error) });
};
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit(1);
});

tell({ type: 'started' });
const cache = join(directory.path, '../../cache');
const context: JobContext = {
  assignment,
  directory,
  cache: { cache, pulls: join(cache, 'pulls') },
  config: readJobConfig(),
  signal: stop.signal,
  tell,
  log: (level, message) => tell({ type: 'log', level, message }),
};
try {
  const run = await programs[assignment.payload.kind]();
  const result = await run(context);
  if (!stop.signal.aborted) tell({ type: 'finished', outcome: 'completed', result });
} catch (error) {
  fail(error);
}
// Whatever a library may have left running does not keep a finished job alive.
process.exit(0);

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof JobError) return { code: error.code, message: error.message };
  if (error instanceof DownloadError) return { code: 'job.download_failed', message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
    return { code: 'storage.full', message: 'The disk of this machine is full.' };
  return { code: 'job.failed', message: message || 'The job failed without saying why.' };
}
