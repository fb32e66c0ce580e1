import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { NODE_PACKAGES, platform } from './machine.mjs';
import { at, root } from './places.mjs';
import { BootstrapError } from './progress.mjs';

export const pinnedNodePath = at('node_modules', NODE_PACKAGES[platform] ?? 'none');

export function pinnedNode() {
  if (existsSync(pinnedNodePath)) return pinnedNodePath;
  throw new BootstrapError(
    `npm installed no Node for ${platform}: it leaves optional packages out where it is told to (--omit=optional) or where their download fails. Remove node_modules and try again.`,
  );
}

/** Everything the program starts finds the pinned Node first. */
const childEnv = (node) => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
});

/** Compiled code kept between starts saves each long-running program about 30 MB and a moment. */
export const compileCache = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? at('.cache', 'compiled'),
};

/** Where this Node can't become the other one: stand between it and the terminal, and stay out of the way. */
function accompany(node, argv, env) {
  const child = spawn(node, argv, { cwd: root, env, stdio: 'inherit' });
  // A Ctrl-C reaches the child through the terminal as well; it takes the two for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`${node} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** Becomes the pinned Node running this program (a process less to feed), or starts it. */
export function handOver(node, program, args, extraEnv = {}) {
  if (!existsSync(at(program))) throw new BootstrapError(`${program} is not there yet.`);
  const argv = [program, ...args];
  const env = { ...childEnv(node), ...extraEnv };
  if (typeof process.execve !== 'function' || process.platform === 'win32') return accompany(node, argv, env);
  process.chdir(root);
  process.execve(node, [node, ...argv], env);
}
