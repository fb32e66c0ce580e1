import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { publishAll, topic } from '../src/live/news.ts';

/** socket.io on WebSockets alone, the listeners in a room: the message is encoded once for all of them. */
const server = createServer(async ({ url }, response) => {
  const { searchParams } = new URL(url ?? '', 'http://localhost');
  const tell = ({ type, ...news }) => io.to(topic).emit(type, news);
  await publishAll(Number(searchParams.get('count')), Number(searchParams.get('together')), tell);
  response.end('{}');
});
const io = new Server(server, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  socket.on('subscribe', async (name) => {
    await socket.join(name);
    socket.emit('subscribed');
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
