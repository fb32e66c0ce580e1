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

/** Those that are the same for every answer. */
const always = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  // Old browsers' own filter opened holes of its own.
  'x-xss-protection': '0',
};

/** Nothing from another origin, nothing inline, no framing; HSTS only where the request came by TLS. */
export function useSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(always);
    reply.header('content-security-policy', policy + socketsOf(request.host));
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    if (isApi(request)) reply.header('cache-control', 'no-store');
    done();
  });
}

const isApi = ({ url }: FastifyRequest) => url.startsWith('/api/') || url.startsWith('/v1/');

/** Safari 15 does not count the socket of the same host as 'self'. */
const socketsOf = (host = ''): string =>
  /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? ` ws://${host} wss://${host}` : '';
