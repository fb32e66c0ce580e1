import { z } from 'zod';
import { Failure, Waiting } from './failures.ts';
import { JobState } from './jobs.ts';
import { LocalText, ProgramOption, Runtime } from './programs.ts';
import { route } from './route.ts';
import { PageQuery, pageOf, Sha256, Timestamp, Uuid } from './values.ts';

export const ScriptStatus = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']);
export type ScriptStatus = z.infer<typeof ScriptStatus>;

/** One run of a script. */
export const ScriptRun = z
  .object({
    /** Also the id of its job, whose logs and output it has. */
    run_id: Uuid,
    script_name: z.string(),
    status: ScriptStatus,
    state: JobState,
    stopping: z.boolean(),
    args: z.array(z.string()),
    mode: z.string().nullable(),
    command: z.string(),
    timeout: z.number().int().nullable(),
    return_code: z.number().int().nullable(),
    error: z.string().nullable(),
    /** The same with its code, for other languages. */
    failure: Failure.nullable(),
    /** Why it is still pending, where it waits for more than its turn. */
    waiting: Waiting.nullable(),
    code_digest: Sha256,
    created_by: z.string().nullable(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    node_name: z.string().nullable(),
  })
  .meta({ id: 'ScriptRun' });
export type ScriptRun = z.infer<typeof ScriptRun>;

/** A script as people see it: the facts of its manifest, and how it stands. */
export const Script = z
  .object({
    name: z.string(),
    /** `built-in`, or `own` for those an administrator added. */
    origin: z.enum(['built-in', 'own']),
    title: LocalText,
    description: LocalText.nullable(),
    runtime: Runtime,
    options: z.array(ProgramOption).nullable(),
    modes: z.object({ values: z.array(z.string()), default: z.string() }).nullable(),
    timeout: z.object({ min: z.number(), max: z.number(), default: z.number().nullable() }),
    code_digest: Sha256.nullable(),
    /** Why it cannot be run (a file is missing, …); null where it can. */
    problem: z.string().nullable(),
    active_run: ScriptRun.nullable(),
    last_run: ScriptRun.nullable(),
  })
  .meta({ id: 'Script' });
export type Script = z.infer<typeof Script>;

/** Document 001's result of a run. Times are UTC, ISO 8601. */
export const ScriptResult = z
  .object({
    script_name: z.string(),
    status: ScriptStatus,
    return_code: z.number().int().nullable(),
    stdout: z.string(),
    stderr: z.string(),
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    error: z.string().optional(),
    /** The run's (and its job's) id; with `Prefer: respond-async` this and the status are all there is yet. */
    run_id: Uuid,
  })
  .meta({ id: 'ScriptResult' });
export type ScriptResult = z.infer<typeof ScriptResult>;

const ShortcutResult = z.object({ status: z.literal('success'), message: z.string(), result: ScriptResult });
const StatusData = z.object({
  status: ScriptStatus,
  started_at: Timestamp.nullable(),
  command: z.string(),
  completed_at: Timestamp.optional(),
  return_code: z.number().int().nullable().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  error: z.string().optional(),
});
const timeout = (min: number, max: number, usual: number) =>
  z.number().int().min(min).max(max).default(usual);

const tag = 'scripts';
const family = 'scripts';
const runErrors = [
  'script.already_running',
  'script.argument_refused',
  'script.unavailable',
  'node.none_capable',
] as const;
const named = z.object({ script_name: z.string().max(200) });
export const scriptRoutes = {
  run: route({
    method: 'POST',
    path: '/ml/scripts/run',
    summary:
      'Run a script and answer when it has ended; with `Prefer: respond-async` answer 202 at once with the id of the run',
    tag,
    family,
    access: 'scripts.run',
    body: z.object({
      script_name: z.string().min(1).max(200),
      args: z.array(z.string().max(4000)).max(100).default([]),
      timeout: z.number().int().min(1).max(3600).nullable().default(null),
    }),
    response: ScriptResult,
    errors: ['script.not_found', ...runErrors],
  }),
  collect: route({
    method: 'POST',
    path: '/ml/data-collector/run',
    summary: 'Collect price bars and reckon their features',
    tag,
    family,
    access: 'scripts.run',
    body: z
      .object({
        mode: z.enum(['batch', 'incremental']).default('incremental'),
        timeout: timeout(60, 3600, 1800),
      })
      .prefault({}),
    response: ShortcutResult,
    errors: runErrors,
  }),
  train: route({
    method: 'POST',
    path: '/ml/trainer/run',
    summary: 'Train the forecasting models',
    tag,
    family,
    access: 'scripts.run',
    body: z
      .object({ mode: z.enum(['batch', 'retrain']).default('batch'), timeout: timeout(60, 7200, 3600) })
      .prefault({}),
    response: ShortcutResult,
    errors: runErrors,
  }),
  predict: route({
    method: 'POST',
    path: '/ml/predictor/run',
    summary: 'Predict with all trained models',
    tag,
    family,
    access: 'scripts.run',
    body: z.object({ timeout: timeout(30, 600, 300) }).prefault({}),
    response: ShortcutResult,
    errors: runErrors,
  }),
  status: route({
    method: 'GET',
    path: '/ml/scripts/status/:script_name',
    summary: 'How the newest run of a script stands',
    tag,
    family,
    access: 'scripts.read',
    params: named,
    response: z.object({ status: z.literal('success'), data: StatusData }),
    errors: ['script.not_found'],
  }),
  statuses: route({
    method: 'GET',
    path: '/ml/scripts/status',
    summary: 'How the newest run of every script that was ever run stands',
    tag,
    family,
    access: 'scripts.read',
    response: z.object({
      status: z.literal('success'),
      data: z.record(z.string(), StatusData),
      count: z.number().int(),
    }),
  }),
  available: route({
    method: 'GET',
    path: '/ml/scripts/available',
    summary: 'Names of the scripts that can be run',
    tag,
    family,
    access: 'scripts.read',
    response: z.object({ status: z.literal('success'), data: z.array(z.string()), count: z.number().int() }),
  }),
  cancel: route({
    method: 'POST',
    path: '/ml/scripts/:script_name/cancel',
    summary: 'Cancel the active run of a script; answers when no process of it is left',
    tag,
    family,
    access: 'scripts.run',
    params: named,
    response: z.object({ status: z.literal('success'), message: z.string() }),
    errors: ['script.not_found', 'script.not_running'],
  }),
  list: route({
    method: 'GET',
    path: '/api/v1/scripts',
    summary: 'Scripts with what their manifests say and how they stand, and what is wrong with manifests',
    tag,
    access: 'scripts.read',
    response: z.object({ items: z.array(Script), problems: z.array(z.string()) }),
  }),
  start: route({
    method: 'POST',
    path: '/api/v1/scripts/:script_name/runs',
    summary: 'Start a script; answers at once',
    tag,
    access: 'scripts.run',
    params: named,
    body: z.object({
      mode: z.string().max(30).optional(),
      args: z.array(z.string().max(4000)).max(100).default([]),
      timeout: z.number().int().min(1).max(86_400).nullable().default(null),
    }),
    status: 202,
    response: ScriptRun,
    errors: ['script.not_found', ...runErrors],
  }),
  runs: route({
    method: 'GET',
    path: '/api/v1/scripts/runs',
    summary: 'Runs of scripts, newest first',
    tag,
    access: 'scripts.read',
    query: PageQuery.extend({ script_name: z.string().max(200).optional(), status: ScriptStatus.optional() }),
    response: pageOf(ScriptRun),
  }),
  getRun: route({
    method: 'GET',
    path: '/api/v1/scripts/runs/:run_id',
    summary: 'One run',
    tag,
    access: 'scripts.read',
    params: z.object({ run_id: Uuid }),
    response: ScriptRun,
    errors: ['job.not_found'],
  }),
};
