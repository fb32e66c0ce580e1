import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface StepResult {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

export interface StepOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Show output while it runs; it is kept for the result either way. */
  live?: boolean;
}

/** Runs one command to its end and keeps what it printed. */
export function runStep(
  name: string,
  command: string,
  args: string[],
  options: StepOptions,
): Promise<StepResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk;
      if (options.live) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (ok: boolean) => resolve({ name, ok, seconds: (performance.now() - started) / 1000, output });
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** One line of a report: a mark, a name, a time. */
export const stepLine = ({ name, ok, seconds }: StepResult) =>
  `${ok ? '✓' : '✗'} ${name.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s`;
