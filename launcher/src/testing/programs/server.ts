/** A small server that keeps the launcher's rules: it serves, says so, and stops when told or left alone. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';

if (process.env.TEST_SERVER === 'broken') {
  console.error('the setting FOO is wrong');
  process.exit(1);
}

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => undefined);
const server = createServer(async (_, response) => {
  const database = await pool.query('SELECT current_database() AS name').then(
    ({ rows }) => rows[0].name,
    () => 'unreachable',
  );
  response.end(JSON.stringify({ pid: process.pid, database, keys: process.env.API_KEYS }));
});

const stop = (reason: string) => {
  console.log(`server stops: ${reason}`);
  if (process.env.TEST_SERVER !== 'stubborn') process.exit(0);
};
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('disconnect', () => process.exit(0));

server.listen(Number(process.env.API_PORT ?? 0), '127.0.0.1', () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  process.send?.({ type: 'ready', url, setupUrl: `${url}/setup#token=once` });
});
