import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A second mark of a job's processes beside the one in their environment: their limit of resident memory, which
 * Linux keeps and no longer enforces (getrlimit(2), RLIMIT_RSS), set to a number that is the job's own. Children
 * inherit it whatever else they shed: environment, session, parent, open files, folder.
 */
export function limitMark(jobId: string): { kib: string; bytes: string } {
  // From 1 PiB on, so that nobody takes it for a limit that is meant, and below what 64 bits hold in bytes.
  const number = (createHash('sha256').update(jobId).digest().readBigUInt64BE() >> 13n) | (1n << 40n);
  return { kib: String(number), bytes: String(number * 1024n) };
}

/** Has this process (still living, readable) the limit that marks the job? */
export function hasLimitMark(pid: number, bytes: string): boolean {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, 'latin1');
    return /^Max resident set +(\d+)/m.exec(limits)?.[1] === bytes;
  } catch {
    return false; // it ended while we looked
  }
}
