import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { AuditService } from '../identity/audit.service.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import type { NodesService } from './nodes.service.ts';

export function nodesRoutes(app: FastifyInstance, nodes: NodesService, audit: AuditService): void {
  handle(app, routes.nodes.list, () => nodes.list());
  handle(app, routes.nodes.get, ({ params }) => nodes.get(params.id));
  handle(app, routes.nodes.vitals, ({ params, query }) => nodes.history(params.id, query.minutes));
  handle(app, routes.nodes.invite, async ({ body, caller, request }) => {
    const invitation = await nodes.invite(caller.name, body.name);
    audit.record({ actor: caller.name, action: 'node.invited', ip: request.ip });
    return invitation;
  });
  handle(
    app,
    routes.nodes.enrol,
    async ({ body, request }) => {
      const record = (success: boolean, target?: string) =>
        audit.record({
          actor: body.machine.hostname,
          action: 'node.enrolled',
          target,
          success,
          ip: request.ip,
        });
      try {
        const { name, ...enrolled } = await nodes.enrol(body.token, body.machine);
        record(true, name);
        return enrolled;
      } catch (error) {
        if (error instanceof AppError) record(false);
        throw error;
      }
    },
    { rateLimit: { max: 30, timeWindow: 60_000 } },
  );
  handle(app, routes.nodes.rename, ({ params, body }) => nodes.rename(params.id, body.name));
  handle(app, routes.nodes.remove, async ({ params, caller, request }) => {
    await nodes.remove(params.id);
    audit.record({ actor: caller.name, action: 'node.removed', target: params.id, ip: request.ip });
    return { message: 'The machine is forgotten; its token no longer works.' };
  });
}
