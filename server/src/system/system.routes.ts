import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { type Database, pingDatabase } from '../platform/database.ts';
import { handle } from '../platform/http.ts';
import { version } from '../platform/version.ts';
import type { SystemService } from './system.service.ts';

export function systemRoutes(app: FastifyInstance, system: SystemService, database: Database): void {
  handle(app, routes.system.health, async () => {
    await pingDatabase(database);
    return { status: 'healthy' as const, service: 'hearth', version };
  });
  handle(app, routes.system.info, () => system.read());
}
