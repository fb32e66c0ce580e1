import { z } from 'zod';
import { route } from './route.ts';
import { Message, Timestamp, Uuid } from './values.ts';

export const GpuVitals = z.object({
  name: z.string(),
  /** Utilisation, 0..1. */
  utilization: z.number().min(0).max(1).nullable(),
  memory_used_bytes: z.number().nonnegative(),
  memory_total_bytes: z.number().nonnegative(),
  temperature_celsius: z.number().nullable(),
});
/** One measured reading of a machine; fractions are 0..1, `null` is "unknown", never a guess. */
export const Vitals = z
  .object({
    at: Timestamp,
    cpu_fraction: z.number().min(0).max(1).nullable(),
    memory_used_bytes: z.number().nonnegative(),
    memory_total_bytes: z.number().positive(),
    disk_used_bytes: z.number().nonnegative().nullable(),
    disk_total_bytes: z.number().nonnegative().nullable(),
    load_1m: z.number().nonnegative().nullable(),
    network_rx_bytes_per_second: z.number().nonnegative().nullable(),
    network_tx_bytes_per_second: z.number().nonnegative().nullable(),
    gpus: z.array(GpuVitals),
  })
  .meta({ id: 'Vitals' });
export type Vitals = z.infer<typeof Vitals>;

export const Machine = z.object({
  hostname: z.string(),
  os: z.string(),
  arch: z.string(),
  cpu_model: z.string(),
  cpu_cores: z.number().int().positive(),
  memory_bytes: z.number().positive(),
  gpus: z.array(z.object({ name: z.string(), memory_bytes: z.number().nonnegative() })),
  /** Where other machines can reach it, the best first: needed by jobs that run on several nodes together. */
  addresses: z.array(z.string()).default([]),
});
export type Machine = z.infer<typeof Machine>;

export const Node = z
  .object({
    id: Uuid,
    name: z.string(),
    status: z.enum(['online', 'offline']),
    is_local: z.boolean(),
    agent_version: z.string().nullable(),
    machine: Machine.nullable(),
    vitals: Vitals.nullable(),
    running_jobs: z.number().int().nonnegative(),
    last_seen_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Node' });
export type Node = z.infer<typeof Node>;

/** Path of the agents' WebSocket; `Authorization: Bearer <node token>`. Messages: `node-messages.ts`. */
export const nodeSocketPath = '/api/v1/nodes/connect';

const tag = 'nodes';
const params = z.object({ id: Uuid });
export const nodeRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/nodes',
    summary: 'Machines',
    tag,
    access: 'nodes.read',
    response: z.array(Node),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/nodes/:id',
    summary: 'One machine',
    tag,
    access: 'nodes.read',
    params,
    response: Node,
    errors: ['node.not_found'],
  }),
  vitals: route({
    method: 'GET',
    path: '/api/v1/nodes/:id/vitals',
    summary: 'Readings of the last minutes, oldest first',
    tag,
    access: 'nodes.read',
    params,
    query: z.object({ minutes: z.coerce.number().int().min(1).max(1440).default(15) }),
    response: z.array(Vitals),
    errors: ['node.not_found'],
  }),
  invite: route({
    method: 'POST',
    path: '/api/v1/nodes/invitations',
    summary: 'A one-time token with which a new machine enrols',
    tag,
    access: 'nodes.write',
    body: z.object({ name: z.string().trim().min(1).max(100).optional() }),
    status: 201,
    response: z.object({ token: z.string(), expires_at: Timestamp }),
  }),
  enrol: route({
    method: 'POST',
    path: '/api/v1/nodes/enrol',
    summary: 'Trade an invitation (or the local token) for a node token',
    tag,
    access: 'public',
    body: z.object({ token: z.string().min(1).max(200), machine: Machine }),
    status: 201,
    response: z.object({ node_id: Uuid, node_token: z.string() }),
    errors: ['node.wrong_token'],
  }),
  rename: route({
    method: 'PATCH',
    path: '/api/v1/nodes/:id',
    summary: 'Rename a machine',
    tag,
    access: 'nodes.write',
    params,
    body: z.object({ name: z.string().trim().min(1).max(100) }),
    response: Node,
    errors: ['node.not_found'],
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/nodes/:id',
    summary: 'Forget a machine; its token stops working',
    tag,
    access: 'nodes.write',
    params,
    response: Message,
    errors: ['node.not_found', 'node.busy'],
  }),
};
