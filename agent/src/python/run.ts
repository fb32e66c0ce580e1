import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Ran {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  /** The end of what it wrote to stderr. */
  stderr: string;
}

export interface RunOptions {
  signal: AbortSignal;
  /** Default: this process's own. */
  env?: NodeJS.ProcessEnv | undefined;
  input?: string;
  /** Whole lines of stdout as they come. */
  onLine?: (line: string) => void;
}

const mostStdout = 64 * 1024 * 1024;
const mostStderr = 20_000;
const graceMs = 2000;

/**
 * Runs a program to its end. On an abort it is ended with everything it started that stayed in its group, and the
 * signal's reason is thrown. A program that cannot be started rejects with the system's error.
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { signal, env, input = '', onLine } = options;
  signal.throwIfAborted();
  const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = () => {
    end(child.pid, 'SIGTERM');
    setTimeout(() => end(child.pid, 'SIGKILL'), graceMs).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  let stdout = '';
  let stderr = '';
  let told = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(0, mostStdout);
    for (let end = stdout.indexOf('\n', told); onLine && end >= 0; end = stdout.indexOf('\n', told)) {
      onLine(stdout.slice(told, end));
      told = end + 1;
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-mostStderr);
  });
  // A program that ends without reading what it was given is judged by how it ends.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (signal.aborted) await endRest(child.pid);
    signal.throwIfAborted();
    return { code, stdout, stderr };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What it started may outlive it by a moment, and shall write no more when its folder is removed. */
async function endRest(group: number | undefined): Promise<void> {
  // Dead ones that nobody collects count as living; they write nothing.
  for (let look = 0; look < 50 && end(group, 'SIGKILL'); look += 1) await sleep(10);
}

/** False when nothing of it is left. */
function end(group: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return group !== undefined && process.kill(-group, name);
  } catch {
    return false;
  }
}
