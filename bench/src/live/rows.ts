import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, routes } from '@hearth/contract';
import { testDatabase } from '@hearth/launcher/testing';
import type { BenchRow } from '../harness.ts';
import { startServing, stopServing } from '../load.ts';
import { bareManner, hearthManner, Listeners, type Manner, socketIoManner } from './listeners.ts';

const sockets = 100;
const messages = 1_000;
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const admin = { email: 'bench@hearth.test', password: crypto.randomUUID() };

/** One publisher, a hundred sockets that listen: CPU of the serving process per message and socket. */
export async function start() {
  const home = await mkdtemp(join(tmpdir(), 'hearth-bench-'));
  const database = await testDatabase();
  const env = {
    DATABASE_URL: database.url,
    HEARTH_HOME: home,
    API_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
    HEARTH_ADMIN_EMAIL: admin.email,
    HEARTH_ADMIN_PASSWORD: admin.password,
  };
  const servers = [
    await startServing(script('hearth-server.ts'), env),
    await startServing(script('bare-server.ts'), env),
    await startServing(script('../../peers/socket-io-server.mjs'), env),
  ] as const;
  const baseUrl = `http://127.0.0.1:${servers[0].port}`;
  const session = await createClient({ baseUrl })(routes.identity.login, { body: admin });
  const manners: Manner[] = [hearthManner(session.access_token), bareManner, socketIoManner];
  const listeners = await Promise.all(
    servers.map(({ port }, i) => Listeners.connect(port, manners[i]!, sockets)),
  );
  const figure = (i: number, together: number) => () =>
    listeners[i]!.cpuPerMessage(servers[i]!.child.pid!, servers[i]!.port, messages, together);
  const row = (name: string, together: number, note: string): BenchRow => ({
    name,
    unit: 'CPU-µs/message',
    ours: figure(0, together),
    peers: { 'socket.io': figure(2, together), 'bare ws': figure(1, together) },
    note,
  });
  return {
    rows: [
      row(
        `live fan-out to ${sockets} sockets`,
        1,
        'aim: at most 0.5 of socket.io, 1.18 of bare ws. The server’s CPU per message and socket, one message a turn of the event loop, to signed-in subscribers of a run. Ours sends the first message at once and those of the next 5 ms together; the peers write each by itself',
      ),
      row('the same, ten messages a turn', 10, 'as when several runs or jobs report at once'),
    ],
    close: async () => {
      for (const one of listeners) one.close();
      await Promise.all(servers.map((server) => stopServing(server.child)));
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
