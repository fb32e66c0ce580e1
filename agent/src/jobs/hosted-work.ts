import { join } from 'node:path';
import { hostEnvironment } from '../config.ts';
import { type End, endFromOutside, failed } from './job-end.ts';
import { jobEnvironment } from './job-environment.ts';
import { describeExit, tailOf } from './job-exit.ts';
import type { JobWork, WorkOptions } from './job-work.ts';
import { openJournal } from './journal.ts';
import { findFinished } from './journal-reader.ts';

const host = join(import.meta.dirname, 'host.ts');

/** A job whose process is our own program: it writes the journal itself, the agent only what it could not say. */
export function hostedWork({ assignment, directory }: WorkOptions): JobWork {
  const fail = (end: End) => {
    if (findFinished(directory.journal)) return;
    const journal = openJournal(directory.journal);
    journal.append({ type: 'finished', at: new Date().toISOString(), ...end });
    journal.close();
  };
  return {
    deadline: undefined,
    offence: undefined,
    // What its program writes comes through a pipe, which holds it up by itself.
    release: () => 0,
    prepare: async () => ({
      command: [process.execPath, host, directory.path],
      folder: directory.path,
      environment: { ...jobEnvironment(assignment), ...hostEnvironment(assignment.payload.kind) },
      stdout: directory.stderr,
      stderr: directory.stderr,
    }),
    begin: () => undefined,
    resume: () => undefined,
    collect: () => false,
    fail,
    async end(facts) {
      const { exitCode, exit } = facts;
      const how = exitCode === undefined ? exit : { code: exitCode, signal: null };
      const words = () => tailOf(directory.stderr);
      fail(endFromOutside(facts) ?? failed('job.crashed', describeExit(how, await words())));
    },
    close: () => undefined,
  };
}
