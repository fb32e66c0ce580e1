import { JobError } from './job-error.ts';

/** A program as it is started for a job: nothing of it is ever looked at by a shell. */
export interface StartOrder {
  /** Path of the program, and its arguments. */
  command: readonly [string, ...string[]];
  folder: string;
  /** All of it: nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  stdout: string;
  stderr: string;
  /** Where the exit code is written when the program has ended. */
  exit: string;
  /** See limit-mark.ts. */
  limitKib: string;
}

/**
 * What stands by in /bin/sh: it goes into its cgroup, waits for the path of an order, does what the order says, and
 * writes down how the program ended, which so is known also after the agent's death. Without an order it ends with
 * the agent, and its cgroup with it. Signals to the whole group do not end it before the program.
 */
export const standby = `[ -z "$1" ] || echo 0 2>/dev/null >"$1/cgroup.procs"
IFS= read -r HEARTH_ORDER || {
  [ -z "$1" ] || { echo 0 2>/dev/null >"\${1%/*}/cgroup.procs" && exec /bin/rmdir "$1" 2>/dev/null; }
  exit 0
}
trap : HUP INT QUIT TERM USR1 USR2
. "$HEARTH_ORDER"
"$@" 9>&-
HEARTH_ORDER=$?
echo "$HEARTH_ORDER" >&9
exit "$HEARTH_ORDER"`;

/** The order as the shell that stands by reads it: every value in single quotes, in which nothing has a meaning. */
export function writeOrder(order: StartOrder): string {
  const exports = Object.entries(order.environment).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === 'HEARTH_ORDER')
      throw new JobError(
        'job.bad_program',
        `${JSON.stringify(name)} is no name for an environment variable.`,
      );
    return `export ${name}=${quote(value)}`;
  });
  return [
    `exec </dev/null >>${quote(order.stdout)} 2>>${quote(order.stderr)} 9>${quote(order.exit)}`,
    `ulimit -m ${order.limitKib} 2>/dev/null`,
    `cd ${quote(order.folder)} || exit 126`,
    ...exports,
    `set -- ${order.command.map(quote).join(' ')}`,
    '',
  ].join('\n');
}

function quote(text: string): string {
  if (text.includes('\0'))
    throw new JobError('job.bad_program', 'A NUL character cannot be part of an argument or a variable.');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
