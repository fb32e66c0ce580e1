import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Nothing from another origin, nothing inline, no framing; HSTS only where the request came by TLS. */
export async function useSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        // Safari 15 does not count the socket of the same host as 'self'.
        connectSrc: ["'self'", (request) => sockets(request as unknown as RawRequest)],
        fontSrc: ["'self'"],
        workerSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    if (isApi(request)) reply.header('cache-control', 'no-store');
  });
}

const isApi = ({ url }: FastifyRequest) => url.startsWith('/api/') || url.startsWith('/v1/');

interface RawRequest {
  headers: { host?: string };
}

function sockets({ headers: { host = '' } }: RawRequest): string {
  return /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? `ws://${host} wss://${host}` : "'self'";
}
