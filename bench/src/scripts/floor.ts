/**
 * The least that a service of this kind can do, in two processes: an HTTP request, a row committed, an order over a
 * WebSocket, the program, its end over the WebSocket, the row committed again, the answer. No access check, no
 * validation, no log, no output kept, no proof that nothing of the program is left. `DATABASE_URL` makes it the server,
 * `FLOOR_SERVER` the machine that runs the programs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Pool } from 'pg';
import { WebSocket, WebSocketServer } from 'ws';

interface Order {
  id: number;
  command: string;
  path: string;
}

async function serve(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString });
  await pool.query('create table floor (id int primary key generated always as identity, code int)');
  const waiting = new Map<number, (code: number) => void>();
  const server = createServer(async (request, response) => {
    const { command, path } = (await json(request)) as Omit<Order, 'id'>;
    const added = await pool.query({ name: 'add', text: 'insert into floor default values returning id' });
    const id = added.rows[0].id as number;
    const ended = new Promise<number>((resolve) => waiting.set(id, resolve));
    for (const socket of sockets.clients) socket.send(JSON.stringify({ id, command, path }));
    const code = await ended;
    waiting.delete(id);
    const text = 'update floor set code = $1 where id = $2';
    await pool.query({ name: 'end', text, values: [code, id] });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ code }));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, code } = JSON.parse(String(data)) as { id: number; code: number };
      waiting.get(id)?.(code);
    });
    console.log('joined');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(`listening ${address.port}`);
}

async function work(url: string): Promise<void> {
  const socket = new WebSocket(url);
  socket.on('message', (data) => {
    const { id, command, path } = JSON.parse(String(data)) as Order;
    const child = spawn(command, [path], { stdio: 'ignore' });
    child.once('exit', (code) => socket.send(JSON.stringify({ id, code })));
  });
  await once(socket, 'open');
  console.log('listening 0');
}

const { DATABASE_URL: database, FLOOR_SERVER: server } = process.env;
if (server) await work(server);
else if (database) await serve(database);
else throw new Error('DATABASE_URL or FLOOR_SERVER is needed.');
