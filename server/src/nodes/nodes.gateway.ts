import { nodeSocketPath } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { tokenOf } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import type { LinksService } from './links.service.ts';
import type { NodesService } from './nodes.service.ts';

/** The agents' socket. It is open before the first administrator is, so that the local node is there when he comes. */
export function nodesGateway(app: FastifyInstance, nodes: NodesService, links: LinksService): void {
  app.route({
    method: 'GET',
    url: nodeSocketPath,
    websocket: true,
    config: { rateLimit: false },
    onRequest: async (request) => {
      const token = tokenOf(request.headers);
      request.caller = token === undefined ? undefined : await nodes.authenticate(token);
      if (!request.caller) throw new AppError('auth.required', 'This needs a node token.');
    },
    handler: (socket, request) => {
      const link = links.accept(request.caller!.id, socket);
      socket.on('message', (data, isBinary) => {
        if (isBinary) link.close(1003, 'text only');
        else link.receive(data.toString());
      });
      socket.on('close', () => links.forget(link));
      socket.on('error', (err) => request.log.warn({ err, node: link.nodeId }, 'A node socket failed.'));
    },
  });
}
