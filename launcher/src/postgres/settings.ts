/**
 * PostgreSQL's settings, given on the command line so that a data directory carries none of its own.
 * Frugal: one house, a handful of connections. Durable unless a test asks otherwise.
 */
const FRUGAL = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '80',
  shared_buffers: '64MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '2',
  // Parallel queries need /dev/shm, which containers keep small, and cores, which training wants.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  autovacuum_max_workers: '2',
  io_method: 'sync',
  huge_pages: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

const FOR_TESTS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '200',
};

/**
 * One call for the whole file system instead of one a file, where the system has it: under load a start
 * after kill -9 took 0.2–0.8 s against 0.6–4 s, a first start 1.8 s against 3.4–5.1 s.
 */
const SYNC_METHOD = process.platform === 'linux' ? 'syncfs' : 'fsync';
export const initdbSyncFlag = `--sync-method=${SYNC_METHOD}`;

const DURABLE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  recovery_init_sync_method: SYNC_METHOD,
};

export function settingsFlags({ durable, mark }: { durable: boolean; mark: string }): string[] {
  const settings = { ...FRUGAL, ...(durable ? DURABLE : FOR_TESTS), cluster_name: mark };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
