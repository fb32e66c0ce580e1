import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { Identity } from './identity.ts';

export function keysRoutes(app: FastifyInstance, { keys, audit }: Identity): void {
  const { listKeys, createKey, revokeKey } = routes.identity;
  handle(app, listKeys, () => keys.list());
  handle(app, createKey, async ({ body, caller, request }) => {
    const created = await keys.create(body, caller);
    const { name, scopes } = created;
    audit.record({
      actor: caller.name,
      action: 'key.created',
      target: created.id,
      ip: request.ip,
      details: { name, scopes },
    });
    return created;
  });
  handle(app, revokeKey, async ({ params, caller, request }) => {
    const { name } = await keys.revoke(params.id);
    audit.record({
      actor: caller.name,
      action: 'key.revoked',
      target: params.id,
      ip: request.ip,
      details: { name },
    });
    return { message: `The key ${name} is revoked.` };
  });
}
