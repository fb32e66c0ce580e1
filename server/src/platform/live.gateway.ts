import { LiveRequest, liveSocketPath } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import { LiveBundles } from './live-bundles.ts';
import { LiveConnection, type LiveLimits, type LivePeople } from './live-connection.ts';
import type { LiveHub } from './live-hub.ts';

/** The browsers' one WebSocket: authenticate, subscribe, listen. */
export function liveGateway(
  app: FastifyInstance,
  hub: LiveHub,
  people: LivePeople,
  limits: Partial<LiveLimits> = {},
): void {
  const bundles = new LiveBundles();
  app.get(liveSocketPath, { websocket: true }, (socket: WebSocket, request) => {
    const wire = request.raw.socket;
    const connection = new LiveConnection(socket, hub, people, limits, () => bundles.before(wire));
    socket.on('message', (data, isBinary) => {
      const request = isBinary ? undefined : readRequest(data);
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

/** The longest request carries an access token. */
const mostBytes = 8 * 1024;

function readRequest(data: RawData): LiveRequest | undefined {
  if (Buffer.isBuffer(data) && data.byteLength > mostBytes) return undefined;
  try {
    return LiveRequest.safeParse(JSON.parse(String(data))).data;
  } catch {
    return undefined;
  }
}
