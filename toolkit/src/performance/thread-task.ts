/** A function to run on another thread: a self-contained one, or one that a module exports. */
export type Job<Args extends unknown[], R> = ((...args: Args) => R) | ModuleJob;

export interface ModuleJob {
  /** `file:` address of an ES module, `new URL('./work.js', import.meta.url)`. */
  module: URL | string;
  /** Which export. Default `default`. */
  name?: string;
}

/** What travels to the thread. */
export type ThreadTask = { args: unknown[]; transferResult: boolean } & (
  | { kind: 'function'; source: string }
  | { kind: 'module'; href: string; name: string }
);

/** @throws TypeError for a function whose source nobody can read: native or bound */
export function toThreadTask(
  job: Job<never[], unknown>,
  args: unknown[],
  transferResult = false,
): ThreadTask {
  if (typeof job !== 'function')
    return { kind: 'module', href: String(job.module), name: job.name ?? 'default', args, transferResult };
  const source = Function.prototype.toString.call(job);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source))
    throw new TypeError(`${job.name || 'The function'} is native or bound: it cannot move to a thread`);
  return { kind: 'function', source, args, transferResult };
}
