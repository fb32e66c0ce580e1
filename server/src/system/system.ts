import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Schedule } from '../platform/schedule.ts';
import { type ComponentNeeds, componentsOf } from './components.ts';
import { DiagnosticsService } from './diagnostics.service.ts';
import { EventLoop } from './event-loop.ts';
import { HealthService } from './health.service.ts';
import { systemRoutes } from './system.routes.ts';
import { SystemService } from './system.service.ts';

interface Needs extends ComponentNeeds {
  clock: Clock;
  schedule: Schedule;
}

/** What the server says of itself and of the machine it runs on. */
export function buildSystem(app: FastifyInstance, needs: Needs): void {
  const { config, clock, schedule } = needs;
  const loop = new EventLoop();
  schedule.add('event-loop', { everyMs: 60_000 }, () => loop.turn());
  app.addHook('onClose', async () => loop.close());
  systemRoutes(app, {
    system: new SystemService(config.home, clock),
    health: new HealthService(componentsOf(needs)),
    diagnostics: new DiagnosticsService(app.records, schedule, loop, clock),
  });
}
