import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { handle } from '../platform/http.ts';
import { readCursor, toPage } from '../platform/paging.ts';
import type { Identity } from './identity.ts';

const AuditCursor = z.string().regex(/^\d{1,18}$/);

export function adminRoutes(app: FastifyInstance, { users, settings, audit }: Identity): void {
  const { listUsers, createUser, updateUser, settings: read, updateSettings, audit: rows } = routes.identity;
  handle(app, listUsers, ({ query }) => users.list(query.limit, query.cursor, query.search));
  handle(app, createUser, async ({ body, caller, request: { ip } }) => {
    const user = await users.create(body);
    const details = { role: user.role };
    audit.record({ actor: caller.name, action: 'user.created', target: user.email, ip, details });
    return user;
  });
  handle(app, updateUser, async ({ params, body, caller, request: { ip } }) => {
    const user = await users.changeStanding(params.id, { role: body.role, isActive: body.is_active });
    audit.record({ actor: caller.name, action: 'user.updated', target: user.email, ip, details: body });
    return user;
  });
  handle(app, read, () => settings.read());
  handle(app, updateSettings, async ({ body, caller, request: { ip } }) => {
    const changed = await settings.change(body);
    audit.record({ actor: caller.name, action: 'settings.updated', ip, details: body });
    return changed;
  });
  handle(app, rows, async ({ query }) => {
    await audit.flush();
    const before = readCursor(AuditCursor, query.cursor);
    const found = await audit.list(
      query.limit + 1,
      before === undefined ? undefined : BigInt(before),
      query.action,
    );
    return toPage(
      found,
      query.limit,
      (row) => row.id,
      (row) => row,
    );
  });
}
