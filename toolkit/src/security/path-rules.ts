import { realpath } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import type { SecurityPolicy } from './security-policy.ts';

/** One spelling for comparing: forward slashes, no `.` and `..`, lower case on paths with a drive. */
function comparable(path: string): string {
  const normal = posix.normalize(path.replaceAll('\\', '/').replace(/^\/+/, '/')).replace(/(.)\/$/, '$1');
  return /^[a-z]:/i.test(normal) ? normal.toLowerCase() : normal;
}

/** Tells whether a path is a forbidden one of the policy, or lies below one. */
export function forbiddenPathTest(policy: Pick<SecurityPolicy, 'forbiddenPaths'>): (path: string) => boolean {
  const forbidden = policy.forbiddenPaths.map(comparable);
  return (path) => {
    const wanted = comparable(path);
    return forbidden.some((root) => wanted === root || wanted.startsWith(`${root}/`));
  };
}

/** The path as a lenient server would end up reading it: percent signs decoded, again and again. */
function decoded(path: string): string {
  let current = path;
  for (let i = 0; i < 5; i++) {
    const next = current.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    if (next === current) break;
    current = next;
  }
  return current;
}

/** True when a segment of the path, however encoded, is `..`. A name like `a..b` is none. */
export const climbs = (path: string): boolean => decoded(path).split(/[/\\]/).includes('..');

/** True when the path holds a character no path has: NUL or another control character, however encoded. */
export const hasControls = (path: string): boolean => /\p{Cc}/u.test(decoded(path));

const isBelow = (root: string, path: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** The real path of what exists of it, links followed. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return join(await real(dirname(path)), basename(path));
  }
}

/** True when `path`, taken from `root`, ends inside `root` by name and also after following every link. */
export async function isInside(root: string, path: string): Promise<boolean> {
  const named = resolve(root, path);
  return isBelow(resolve(root), named) && isBelow(await real(resolve(root)), await real(named));
}
