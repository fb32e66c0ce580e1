import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "connect-src 'self'",
].join(';');

/** Nothing from another origin, nothing inline, no framing; HSTS only where the request came by TLS. */
export async function useSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    // Ours differs with the host, and helmet would build the whole text anew for each request.
    contentSecurityPolicy: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', policy + socketsOf(request.host));
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    if (isApi(request)) reply.header('cache-control', 'no-store');
  });
}

const isApi = ({ url }: FastifyRequest) => url.startsWith('/api/') || url.startsWith('/v1/');

/** Safari 15 does not count the socket of the same host as 'self'. */
const socketsOf = (host = ''): string =>
  /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? ` ws://${host} wss://${host}` : '';
