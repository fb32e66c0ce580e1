import { spawn } from 'node:child_process';

/** Gives a part of a file back to the file system, its size and all offsets unchanged; false where that cannot be. */
export type PunchHole = (path: string, fromByte: number, toByte: number) => Promise<boolean>;

export const punchHole: PunchHole = (path, fromByte, toByte) =>
  new Promise((resolve) => {
    const args = ['--punch-hole', '--offset', String(fromByte), '--length', String(toByte - fromByte), path];
    const child = spawn('fallocate', args, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
