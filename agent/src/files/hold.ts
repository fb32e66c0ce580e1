import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findProcess } from '../jobs/process-table.ts';

/**
 * Holds something for this process alone, by a file that names it; false when another living process holds it.
 * The file of one that is gone does not count, since it also says when that process began.
 */
export function hold(lock: string): boolean {
  const own = `${process.pid} ${findProcess(process.pid)?.startTicks ?? ''}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(lock, own, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readHolder(lock);
    if (holder === own) return true;
    const [pid, startTicks] = holder.split(' ');
    if (pid && findProcess(Number(pid))?.startTicks === startTicks) return false;
    rmSync(lock, { force: true });
  }
  return false;
}

function readHolder(lock: string): string {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return ''; // let go of meanwhile
  }
}
