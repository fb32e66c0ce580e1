import type { FastifyInstance } from 'fastify';

const lookMs = 50;
const graceMs = 5_000;

/**
 * Lets `app.close()` come to an end. Node ends only the connections that are idle when it is told to close: one that
 * becomes so later (its refused body ran out after the answer, say) would be waited for until its keep-alive ends.
 * What is still under way after the grace, an upload say, is cut.
 */
export function endConnectionsOnClose(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const { server } = app;
    if (!server.listening) return;
    const end = performance.now() + graceMs;
    const look = setInterval(() => {
      if (performance.now() < end) server.closeIdleConnections();
      else server.closeAllConnections();
    }, lookMs).unref();
    server.once('close', () => clearInterval(look));
  });
}
