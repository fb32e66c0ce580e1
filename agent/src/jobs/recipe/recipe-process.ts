import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Exit } from '../job-exit.ts';

export interface RecipeProcess {
  command: readonly [string, ...string[]];
  folder: string;
  /** All of it: nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  onStdout: (line: string) => void;
  onStderr: (line: string) => void;
}

const longestLine = 256 * 1024;

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

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) onLine(line.slice(0, longestLine));
}
