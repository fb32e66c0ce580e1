import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the agent keeps its state, all below `$HEARTH_HOME/agent`. */
export interface Folders {
  root: string;
  /** Names the agent that works here. */
  lock: string;
  credentials: string;
  jobs: string;
  cache: string;
  pulls: string;
  /** Code that jobs run, by digest; may be deleted while no job runs. */
  code: string;
  /** Python environments of jobs, by digest; may be deleted while no job runs. */
  python: string;
  /** Where an opt-in GPU engine is installed (`npm run gpu`). */
  gpu: string;
}

export function makeFolders(home: string): Folders {
  const root = join(home, 'agent');
  const folders = {
    root,
    lock: join(root, 'agent.lock'),
    credentials: join(root, 'credentials.json'),
    jobs: join(root, 'jobs'),
    cache: join(root, 'cache'),
    pulls: join(root, 'cache', 'pulls'),
    code: join(root, 'cache', 'code'),
    python: join(root, 'python'),
    gpu: join(home, 'gpu'),
  };
  mkdirSync(folders.jobs, { recursive: true, mode: 0o700 });
  mkdirSync(folders.pulls, { recursive: true, mode: 0o700 });
  mkdirSync(folders.code, { recursive: true, mode: 0o700 });
  return folders;
}
