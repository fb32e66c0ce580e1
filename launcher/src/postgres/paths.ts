import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the embedded PostgreSQL of one HEARTH_HOME keeps its things. */
export interface PostgresPaths {
  /** Parent of all that follows, except possibly the socket directory. */
  root: string;
  data: string;
  /** What initdb fills; becomes `data` by one rename once it is whole. */
  unfinished: string;
  socket: string;
  libraries: string;
  log: string;
  startLock: string;
}

/** `sun_path` holds 108 bytes with its final NUL on Linux, 104 on macOS. */
const SOCKET_PATH_LIMIT_BYTES = process.platform === 'darwin' ? 103 : 107;
const SOCKET_LOCK = '.s.PGSQL.5432.lock';

/** A deep HEARTH_HOME gets a short private socket directory, the same one at every start. */
export function chooseSocketDir(root: string, shortRoot = tmpdir()): string {
  const own = join(root, 'socket');
  if (Buffer.byteLength(join(own, SOCKET_LOCK)) <= SOCKET_PATH_LIMIT_BYTES) return own;
  return join(shortRoot, `hearth-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
}

export function postgresPaths(home: string): PostgresPaths {
  const root = join(home, 'postgres');
  return {
    root,
    data: join(root, 'data'),
    unfinished: join(root, 'data.unfinished'),
    socket: chooseSocketDir(root),
    libraries: join(root, 'lib'),
    log: join(home, 'logs', 'postgres.log'),
    startLock: join(root, 'start.lock'),
  };
}

/** The files by which PostgreSQL keeps a second server away. */
export const lockFiles = (paths: PostgresPaths): string[] => [
  join(paths.data, 'postmaster.pid'),
  join(paths.socket, SOCKET_LOCK),
];

/** A libpq address over the Unix socket, as `pg`, drizzle and graphile-worker take it. */
export function databaseUrl(socketDir: string, database: string): string {
  return `postgresql:///${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}&user=hearth`;
}
