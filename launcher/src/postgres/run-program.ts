import { type StdioOptions, spawn } from 'node:child_process';

export interface Account {
  uid: number;
  gid: number;
}

interface RunOptions {
  account?: Account;
  env: NodeJS.ProcessEnv;
  /** Descriptors the program finds as 3, 4, … */
  inherited?: number[];
}

/** How a program is started under another account: from `/`, since it may not enter our own directory. */
export function spawnOptions({ account, env }: RunOptions) {
  return { ...account, env, cwd: '/' } as const;
}

/** Runs a program to its end. Resolves with its exit code and everything it wrote; rejects if it can't start. */
export function runProgram(
  file: string,
  args: string[],
  options: RunOptions,
): Promise<{ code: number; output: string }> {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(options.inherited ?? [])];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...spawnOptions(options), stdio });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}
