import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';

export interface StepsRun {
  code: number | null;
  /** What each step has printed. */
  output: string[];
  errors: string;
}

/** Runs a guide's steps in one shell, as a reader would; the output is cut at a mark between them. */
export async function runSteps(
  steps: readonly { script: string }[],
  folder: string,
  env: Record<string, string>,
): Promise<StepsRun> {
  const mark = `=== ${crypto.randomUUID()} ===`;
  const script = steps.map((step) => step.script).join(`\necho '${mark}'\n`);
  const path = `${dirname(process.execPath)}${delimiter}${env.PATH ?? process.env.PATH}`;
  const child = spawn('bash', ['-c', `set -euo pipefail\n${script}`], {
    cwd: folder,
    env: { ...process.env, ...env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 250_000,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output.split(mark), errors };
}
