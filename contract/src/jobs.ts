import { z } from 'zod';
import { Failure, Waiting } from './failures.ts';
import { route } from './route.ts';
import { Message, PageQuery, pageOf, Sha256, Timestamp, Uuid } from './values.ts';

export const JobKind = z.enum(['training', 'pull', 'script']);
export type JobKind = z.infer<typeof JobKind>;
export const JobState = z.enum(['queued', 'running', 'completed', 'failed', 'stopped']);
export type JobState = z.infer<typeof JobState>;
export const LogLevel = z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']);
export type LogLevel = z.infer<typeof LogLevel>;

export const JobProgress = z.object({
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['epochs', 'steps', 'bytes']),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const Job = z
  .object({
    id: Uuid,
    kind: JobKind,
    title: z.string(),
    /** What it works for: the session of a training, the name of a script, the name of the model fetched. */
    subject: z.string(),
    state: JobState,
    /** A stop was ordered and its proof of death is awaited. */
    stopping: z.boolean(),
    priority: z.number().int(),
    node_id: Uuid.nullable(),
    attempt: z.number().int(),
    progress: JobProgress.nullable(),
    /** Why it failed; also what stopped it, where that was not a person. */
    error: Failure.nullable(),
    /** How its program ended, where it was a program's own end. */
    exit_code: z.number().int().nullable(),
    /** Indices of the node's GPUs it was given; empty where it asked for none. */
    gpus: z.array(z.number().int()),
    /** Why it still waits, where that is known: no node can do it, no node has so many GPUs, … */
    waiting_for: z.string().nullable(),
    /** The same with its code, for other languages. */
    waiting: Waiting.nullable(),
    created_by: z.string().nullable(),
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

export const OutputStream = z.enum(['stdout', 'stderr']);
export type OutputStream = z.infer<typeof OutputStream>;

/**
 * A piece of what a program wrote. `offset` is its place, in bytes, in all that was written to this stream; where a
 * limit was reached, `skipped_bytes` of the stream were left out just before it.
 */
export const JobOutput = z
  .object({
    seq: z.number().int(),
    at: Timestamp,
    stream: OutputStream,
    offset: z.number().int().nonnegative(),
    skipped_bytes: z.number().int().nonnegative(),
    text: z.string(),
  })
  .meta({ id: 'JobOutput' });
export type JobOutput = z.infer<typeof JobOutput>;

const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((text) => text !== 'false');

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
    summary:
      'Log lines after `after`, oldest first; without it the newest. With `follow`, lines as they come, one JSON object a line (application/x-ndjson), until the job has ended',
    tag,
    access: 'jobs.read',
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z.coerce.number().int().optional(),
      follow: flag,
    }),
    response: z.array(JobLogLine),
    errors: ['job.not_found'],
  }),
  output: route({
    method: 'GET',
    path: '/api/v1/jobs/:id/output/:stream',
    summary:
      'What a program wrote to stdout or stderr, as plain text; where a limit cut it, a line says how much is missing. With `follow`, until the job has ended',
    tag,
    access: 'jobs.read',
    params: params.extend({ stream: OutputStream }),
    query: z.object({ follow: flag }),
    response: 'text',
    errors: ['job.not_found'],
  }),
  pieces: route({
    method: 'GET',
    path: '/api/v1/jobs/:id/output',
    summary: 'What a program wrote, piece by piece in the order it came, after the piece `after`',
    tag,
    access: 'jobs.read',
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      after: z.coerce.number().int().default(0),
    }),
    response: z.array(JobOutput),
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
