/**
 * Whether npm's record of what lies in node_modules (`.package-lock.json`) fulfils the lock file. A package
 * for another platform may be missing.
 */
export function isSameInstall(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed.packages[path];
    if (!found) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return entry.link === true || found.version === entry.version;
  });
}
