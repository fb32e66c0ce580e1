import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { endConnectionsOnClose } from './closing.ts';

const length = 100_000;
/** A server that answers before the body is there, and a line to it on which a part of the body was sent. */
async function answeredEarly() {
  const app = Fastify({ forceCloseConnections: 'idle' });
  endConnectionsOnClose(app);
  app.addContentTypeParser('*', (_request, body, done) => {
    body.resume();
    done(null);
  });
  app.post('/', async () => 'early');
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const line = connect(Number(port), '127.0.0.1');
  line.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: a/b\r\ncontent-length: ${length}\r\n\r\n`);
  await once(line, 'data');
  const closed = app.close();
  await expect.poll(() => app.server.listening).toBe(false);
  return { closed, line };
}

it('ends a connection whose body runs out after the answer and the order to close', async () => {
  const { closed, line } = await answeredEarly();
  const from = performance.now();
  line.write('x'.repeat(length));
  await closed;
  expect(performance.now() - from).toBeLessThan(3_000);
});

it('cuts a body that never runs out', async () => {
  const { closed, line } = await answeredEarly();
  const cut = once(line, 'close');
  await closed;
  await cut;
});
