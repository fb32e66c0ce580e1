import { spawn } from 'node:child_process';
import type { Exit } from '../job-exit.ts';
import { readLines } from './read-lines.ts';

export interface RecipeProcess {
  command: readonly [string, ...string[]];
  folder: string;
  /** All of it: nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  /** While it wants to wait, the program is held up as soon as its pipe is full. */
  onStdout: (line: string) => void | Promise<void>;
  onStderr: (line: string) => void;
}

/**
 * Runs a recipe's program to its end, whichever that is. Nobody tells it to stop from here: whoever stops a job tells
 * all of its processes, and this one then waits for the program, which may leave a last checkpoint.
 */
export async function runRecipeProcess(given: RecipeProcess): Promise<Exit> {
  const [program, ...args] = given.command;
  const child = spawn(program, args, {
    cwd: given.folder,
    env: given.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const read = [readLines(child.stdout, given.onStdout), readLines(child.stderr, given.onStderr)];
  const [exit] = await Promise.all([ended, ...read]);
  return exit;
}
