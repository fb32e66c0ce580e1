import { z } from 'zod';
import { route } from './route.ts';
import { Message, PageQuery, pageOf, Sha256, Timestamp, Uuid } from './values.ts';

export const JobKind = z.enum(['training', 'pull']);
export type JobKind = z.infer<typeof JobKind>;
export const JobState = z.enum(['queued', 'running', 'completed', 'failed', 'stopped']);
export type JobState = z.infer<typeof JobState>;
export const LogLevel = z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']);
export type LogLevel = z.infer<typeof LogLevel>;

export const JobProgress = z.object({
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['epochs', 'bytes']),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const Job = z
  .object({
    id: Uuid,
    kind: JobKind,
    title: z.string(),
    state: JobState,
    /** A stop was ordered and its proof of death is awaited. */
    stopping: z.boolean(),
    priority: z.number().int(),
    node_id: Uuid.nullable(),
    attempt: z.number().int(),
    progress: JobProgress.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const JobLogLine = z
  .object({ seq: z.number().int(), at: Timestamp, level: LogLevel, message: z.string() })
  .meta({ id: 'JobLogLine' });
export type JobLogLine = z.infer<typeof JobLogLine>;

const tag = 'jobs';
const params = z.object({ id: Uuid });
export const jobRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/jobs',
    summary: 'Jobs, newest first',
    tag,
    access: 'jobs.read',
    query: PageQuery.extend({ kind: JobKind.optional(), state: JobState.optional() }),
    response: pageOf(Job),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/jobs/:id',
    summary: 'One job',
    tag,
    access: 'jobs.read',
    params,
    response: Job,
    errors: ['job.not_found'],
  }),
  cancel: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/cancel',
    summary: 'Stop a job; answers when no process of it is left, or after 10 s that the order stands',
    tag,
    access: 'jobs.write',
    params,
    response: Message,
    errors: ['job.not_found', 'job.not_active'],
  }),
  logs: route({
    method: 'GET',
    path: '/api/v1/jobs/:id/logs',
    summary: 'Log lines after `after`, oldest first; without it the newest',
    tag,
    access: 'jobs.read',
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z.coerce.number().int().optional(),
    }),
    response: z.array(JobLogLine),
    errors: ['job.not_found'],
  }),
  putArtifact: route({
    method: 'PUT',
    path: '/api/v1/jobs/:id/artifacts/:name',
    summary: "Upload one of a job's results; repeating it is harmless",
    tag,
    access: 'job',
    params: params.extend({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/) }),
    query: z.object({ sha256: Sha256, format: z.string().regex(/^[a-z0-9]{1,20}$/) }),
    body: 'bytes',
    status: 201,
    response: z.object({ sha256: Sha256, size_bytes: z.number().int() }),
    errors: ['job.foreign_lease', 'artifact.digest_mismatch', 'storage.full'],
  }),
  getBlob: route({
    method: 'GET',
    path: '/api/v1/blobs/:sha256',
    summary: 'A stored file by its digest, for nodes; Range supported',
    tag,
    access: 'node',
    params: z.object({ sha256: Sha256 }),
    response: 'bytes',
    errors: ['artifact.not_found', 'range.not_satisfiable'],
  }),
};
