import { z } from 'zod';
import { route } from './route.ts';
import { Timestamp } from './values.ts';

export const Health = z
  .object({ status: z.enum(['healthy', 'unhealthy']), service: z.string(), version: z.string() })
  .meta({ id: 'Health' });

export const healthComponents = ['database', 'store', 'nodes', 'deployments'] as const;
/** One part of the server, as a check found it just now. */
export const ComponentHealth = z
  .object({
    name: z.enum(healthComponents),
    status: z.enum(['healthy', 'unhealthy']),
    /** Without it the server is not ready: `/health/ready` answers 503. */
    essential: z.boolean(),
    duration_ms: z.number(),
    /** Figures of the part, such as `free_bytes` of the store or `connected` of the nodes. */
    detail: z.record(z.string(), z.number()),
    error: z.string().nullable(),
  })
  .meta({ id: 'ComponentHealth' });
export type ComponentHealth = z.infer<typeof ComponentHealth>;

/** What this server process has seen of itself since it started; it forgets all of it when it ends. */
export const Diagnostics = z
  .object({
    since: Timestamp,
    process: z.object({
      memory_bytes: z.number(),
      heap_bytes: z.number(),
      /** How much later than asked for timers ran in the last minute; null before the first is over. */
      event_loop_delay: z.object({ p50_ms: z.number(), p99_ms: z.number(), max_ms: z.number() }).nullable(),
      /** Share of the last minute in which the event loop was at work. */
      event_loop_busy: z.number().nullable(),
    }),
    /** Answers of 5xx. */
    errors: z.object({
      total: z.number(),
      top: z.array(z.object({ code: z.string(), route: z.string(), count: z.number(), last_at: Timestamp })),
      recent: z.array(
        z.object({
          code: z.string(),
          route: z.string(),
          message: z.string(),
          /** As in `x-request-id` and in the server's log. */
          request_id: z.string(),
          at: Timestamp,
        }),
      ),
    }),
    /** Answered requests by declared route: errors are 5xx, refusals 4xx. Percentiles are within 1 %. */
    routes: z.array(
      z.object({
        route: z.string(),
        count: z.number(),
        errors: z.number(),
        refusals: z.number(),
        p50_ms: z.number(),
        p95_ms: z.number(),
        p99_ms: z.number(),
        max_ms: z.number(),
      }),
    ),
    /** What the server does again and again by itself. */
    tasks: z.array(
      z.object({
        name: z.string(),
        is_running: z.boolean(),
        runs: z.number(),
        failures: z.number(),
        last_error: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Diagnostics' });
export type Diagnostics = z.infer<typeof Diagnostics>;

export const SystemInfo = z
  .object({
    cpu_usage_percent: z.number(),
    memory_used_mb: z.number(),
    memory_total_mb: z.number(),
    memory_percent: z.number(),
    disk_free_gb: z.number(),
    disk_total_gb: z.number(),
    gpu_available: z.boolean(),
    gpu_usage_percent: z.number().nullish(),
    gpu_memory_used_mb: z.number().nullish(),
    gpu_memory_total_mb: z.number().nullish(),
    timestamp: Timestamp,
  })
  .meta({ id: 'SystemInfo' });
export type SystemInfo = z.infer<typeof SystemInfo>;

const tag = 'system';
export const systemRoutes = {
  health: route({
    method: 'GET',
    path: '/health',
    summary: 'Is the server up and its database reachable?',
    tag,
    access: 'public',
    response: Health,
    errors: ['service.unavailable'],
  }),
  live: route({
    method: 'GET',
    path: '/health/live',
    summary: 'Does the server process answer at all? Asks nothing else',
    tag,
    access: 'public',
    response: Health,
  }),
  ready: route({
    method: 'GET',
    path: '/health/ready',
    summary: 'Can the server do its work: do its database and its store answer?',
    tag,
    access: 'public',
    response: Health,
    errors: ['service.unavailable'],
  }),
  components: route({
    method: 'GET',
    path: '/api/v1/admin/health',
    summary: 'How each part of the server is',
    tag,
    access: 'nodes.read',
    response: z.object({ status: z.enum(['healthy', 'unhealthy']), components: z.array(ComponentHealth) }),
  }),
  diagnostics: route({
    method: 'GET',
    path: '/api/v1/admin/diagnostics',
    summary: 'Errors, slow routes and the state of the server process',
    tag,
    access: 'settings.manage',
    response: Diagnostics,
  }),
  info: route({
    method: 'GET',
    path: '/api/v1/system/info',
    summary: "The server machine's load, at most 5 s old",
    tag,
    access: 'nodes.read',
    response: SystemInfo,
  }),
};
