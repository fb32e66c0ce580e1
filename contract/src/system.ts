import { z } from 'zod';
import { route } from './route.ts';
import { Timestamp } from './values.ts';

export const Health = z
  .object({ status: z.enum(['healthy', 'unhealthy']), service: z.string(), version: z.string() })
  .meta({ id: 'Health' });
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
  info: route({
    method: 'GET',
    path: '/api/v1/system/info',
    summary: "The server machine's load, at most 5 s old",
    tag,
    access: 'nodes.read',
    response: SystemInfo,
  }),
};
