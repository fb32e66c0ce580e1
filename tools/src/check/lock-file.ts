interface LockedPackage {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}
export interface LockFile {
  packages: Record<string, LockedPackage>;
}

/**
 * What would make `npm ci` fail, or pass only here: an optional dependency (usually a platform's binary)
 * without an entry of its own, and an entry that names a registry other than the public one.
 */
export function lockFileProblems(lock: LockFile): string[] {
  const named = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
  const problems: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const wanted of Object.keys(entry.optionalDependencies ?? {})) {
      if (!named.has(wanted)) problems.push(`${wanted}, wanted by ${path || 'the root'}, has no entry`);
    }
    const { resolved } = entry;
    if (resolved?.includes('://') && !resolved.startsWith('https://registry.npmjs.org/')) {
      problems.push(`${path} is resolved from ${new URL(resolved).host}`);
    }
  }
  return problems;
}
