import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { publishAll } from './news.ts';

/** The floor: `ws` alone, each message made into text once and sent to every socket. */
const server = createServer(async ({ url }, response) => {
  const { searchParams } = new URL(url ?? '', 'http://localhost');
  await publishAll(Number(searchParams.get('count')), Number(searchParams.get('together')), (news) => {
    const text = JSON.stringify(news);
    for (const socket of sockets.clients) if (socket.readyState === socket.OPEN) socket.send(text);
  });
  response.end('{}');
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => socket.on('message', () => socket.send('subscribed')));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(`listening ${address.port}`);
});
process.once('SIGTERM', () => process.exit(0));
