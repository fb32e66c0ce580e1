/** What `postmaster.pid` says: line 1 the process, line 3 when it started, line 8 how far it has come. */
export interface PidFile {
  pid: number;
  startedAt: Date;
  ready: boolean;
}

/** Undefined for a file cut short by a crash. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const startedAtSeconds = Number(lines[2]);
  if (!Number.isInteger(pid) || pid <= 0 || !lines[2] || Number.isNaN(startedAtSeconds)) return undefined;
  return { pid, startedAt: new Date(startedAtSeconds * 1000), ready: lines[7]?.trim() === 'ready' };
}
