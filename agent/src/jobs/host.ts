/**
 * A job's own process: `node host.ts <folder of the job>`. It writes the journal itself, so that the job goes on
 * when the agent dies, and ends by itself when it is told to stop (SIGTERM). That it was stopped is written down
 * by the agent, once nothing of it is left.
 */
import { join, resolve } from 'node:path';
import { readJobConfig } from '../config.ts';
import type { JobContext, JobProgram } from './job-context.ts';
import { JobDirectory } from './job-directory.ts';
import { endByError } from './job-end.ts';
import { JobError } from './job-error.ts';
import { openJournal } from './journal.ts';

const programs: Record<'training' | 'pull', () => Promise<JobProgram>> = {
  training: async () => (await import('./training.job.ts')).trainingJob,
  pull: async () => (await import('./pull.job.ts')).pullJob,
};

const directory = new JobDirectory(resolve(process.argv[2] ?? ''));
const assignment = await directory.readAssignment();

const journal = openJournal(directory.journal);
const tell: JobContext['tell'] = (event) => journal.append({ ...event, at: new Date().toISOString() });
const stop = new AbortController();
// Said more than once, it is the same order: what is left to do gets the whole grace time.
process.on('SIGTERM', () => stop.abort());

const fail = (error: unknown): void => {
  if (stop.signal.aborted) return;
  console.error(error);
  tell({ type: 'finished', ...endByError(error) });
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
  cache: { cache, pulls: join(cache, 'pulls'), code: join(cache, 'code'), python: join(cache, '../python') },
  config: readJobConfig(),
  signal: stop.signal,
  tell,
  log: (level, message) => tell({ type: 'log', level, message }),
};
try {
  const { kind } = assignment.payload;
  if (kind === 'script') throw new JobError('job.wrong_kind', 'A script is no program of ours.');
  const run = await programs[kind]();
  const result = await run(context);
  if (!stop.signal.aborted) tell({ type: 'finished', outcome: 'completed', result });
} catch (error) {
  fail(error);
}
// Whatever a library may have left running does not keep a finished job alive.
process.exit(0);
