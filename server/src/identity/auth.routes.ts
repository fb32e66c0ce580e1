import { routes, type Session } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { handle } from '../platform/http.ts';
import { version } from '../platform/version.ts';
import type { Identity } from './identity.ts';
import {
  clearRefreshCookie,
  readRefreshCookie,
  requireOwnOrigin,
  setRefreshCookie,
} from './refresh-cookie.ts';
import type { SignedIn } from './sign-ins.service.ts';

/** Sign-in is guarded by its own limit too; this one keeps a single address from occupying the processor. */
const strict = { rateLimit: { max: 60, timeWindow: 60_000 } };

export function authRoutes(
  app: FastifyInstance,
  { setup, logins, signIns }: Identity,
  corsOrigins: readonly string[],
): void {
  const { setupState, setUp, login, refresh, logout } = routes.identity;
  handle(app, setupState, () => ({ needed: setup.isNeeded(), version }));
  handle(
    app,
    setUp,
    async ({ body, request, reply }) => withCookie(request, reply, await setup.setUp(body, request.ip)),
    strict,
  );
  handle(
    app,
    login,
    async ({ body, request, reply }) => {
      setup.requireDone();
      return withCookie(request, reply, await logins.login(body.email, body.password, request.ip));
    },
    strict,
  );
  handle(app, refresh, async ({ request, reply }) => {
    setup.requireDone();
    requireOwnOrigin(request, corsOrigins);
    return withCookie(request, reply, await signIns.refresh(readRefreshCookie(request), request.ip));
  });
  handle(app, logout, async ({ request, reply }) => {
    setup.requireDone();
    requireOwnOrigin(request, corsOrigins);
    await signIns.end(readRefreshCookie(request));
    clearRefreshCookie(request, reply);
    return { message: 'Signed out.' };
  });
}

function withCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, refreshToken }: SignedIn,
): Session {
  setRefreshCookie(request, reply, refreshToken);
  return session;
}
