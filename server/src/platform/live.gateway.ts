import { LiveRequest, liveSocketPath } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { LiveConnection, type LiveLimits, type LivePeople } from './live-connection.ts';
import type { LiveHub } from './live-hub.ts';

/** The browsers' one WebSocket: authenticate, subscribe, listen. */
export function liveGateway(
  app: FastifyInstance,
  hub: LiveHub,
  people: LivePeople,
  limits: Partial<LiveLimits> = {},
): void {
  app.get(liveSocketPath, { websocket: true }, (socket: WebSocket) => {
    const connection = new LiveConnection(socket, hub, people, limits);
    socket.on('message', (data, isBinary) => {
      const request = isBinary ? undefined : readRequest(String(data));
      connection.receive(request).catch((err: unknown) => {
        app.log.error({ err }, 'A live request failed.');
        connection.close(1011, 'internal');
      });
    });
    socket.on('pong', () => connection.isAlive());
    socket.on('error', (err) => app.log.debug({ err }, 'A live socket failed.'));
    socket.on('close', () => connection.ended());
  });
}

function readRequest(text: string): LiveRequest | undefined {
  try {
    return LiveRequest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
