import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import type { Identity } from './identity.ts';
import { toUser } from './user.ts';

export function meRoutes(app: FastifyInstance, { users, logins, signIns, audit }: Identity): void {
  const { me, updateMe } = routes.identity;
  handle(app, me, async ({ caller }) => ({
    user: caller.kind === 'person' ? toUser(await users.get(caller.id)) : null,
    permissions: [...caller.permissions],
  }));
  handle(app, updateMe, async ({ caller, body, request }) => {
    if (caller.kind !== 'person') throw new AppError('auth.forbidden', 'A key has no profile.');
    const { password, current_password = '', ...profile } = body;
    if (password !== undefined) {
      await logins.requirePassword(caller.name, current_password, request.ip, 'password.changed');
      await users.setPassword(caller.id, password);
      await signIns.endAllOf(caller.id);
      audit.record({ actor: caller.name, action: 'sign_ins.ended', target: caller.name, ip: request.ip });
    }
    return users.updateProfile(caller.id, profile);
  });
}
