import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { refreshLifeMs } from './sign-ins.service.ts';

const name = 'hearth_refresh';
const path = '/api/v1/auth';

export function setRefreshCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(name, token, { ...attributes(request), maxAge: refreshLifeMs / 1000 });
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(name, attributes(request));
}

export const readRefreshCookie = (request: FastifyRequest): string | undefined => request.cookies[name];

/** Secure where the request came by TLS; on plain http://localhost it would not be kept. */
const attributes = (request: FastifyRequest) => ({
  path,
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: request.protocol === 'https',
});

/** The cookie comes along by itself, so whoever uses it must be our own page. */
export function requireOwnOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isAllowed = origin !== undefined && allowed.includes(origin);
  if (isAllowed) return;
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const isForeignOrigin = origin !== undefined && hostOf(origin) !== request.host;
  if (isForeignSite || isForeignOrigin)
    throw new AppError('auth.origin_refused', 'This is only open to the server’s own pages.');
}

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;
