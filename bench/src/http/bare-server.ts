import { createServer } from 'node:http';

/** The floor: node:http, a key looked up in a map, a fixed JSON answer. */
const keys = new Map([[`Bearer ${process.env.BENCH_KEY}`, 'bench']]);
const body = JSON.stringify({ user: null, permissions: ['inference.use', 'registry.read', 'training.read'] });
const server = createServer((request, response) => {
  if (!keys.has(request.headers.authorization ?? '')) return response.writeHead(401).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(`listening ${address.port}`);
});
process.once('SIGTERM', () => process.exit(0));
