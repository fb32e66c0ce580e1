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
  info: route({
    method: 'GET',
    path: '/api/v1/system/info',
    summary: "The server machine's load, at most 5 s old",
    tag,
    access: 'nodes.read',
    response: SystemInfo,
  }),
};
