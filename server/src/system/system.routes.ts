import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import { version } from '../platform/version.ts';
import type { DiagnosticsService } from './diagnostics.service.ts';
import type { HealthService } from './health.service.ts';
import type { SystemService } from './system.service.ts';

const healthy = { status: 'healthy' as const, service: 'hearth', version };

interface Services {
  system: SystemService;
  health: HealthService;
  diagnostics: DiagnosticsService;
}

export function systemRoutes(app: FastifyInstance, { system, health, diagnostics }: Services): void {
  handle(app, routes.system.health, async () => {
    await health.requireDatabase();
    return healthy;
  });
  handle(app, routes.system.live, () => healthy);
  handle(app, routes.system.ready, async () => {
    await health.requireReady();
    return healthy;
  });
  handle(app, routes.system.components, async () => {
    const components = await health.components();
    const isWell = components.every(({ status }) => status === 'healthy');
    return { status: isWell ? ('healthy' as const) : ('unhealthy' as const), components };
  });
  handle(app, routes.system.diagnostics, () => diagnostics.read());
  handle(app, routes.system.info, () => system.read());
}
