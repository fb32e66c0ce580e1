import { z } from 'zod';
import { Deployment } from './inference.ts';
import { Job, JobLogLine, JobOutput } from './jobs.ts';
import { Node } from './nodes.ts';
import { Pull } from './pulls.ts';
import { Script, ScriptRun } from './scripts.ts';
import { LivePoint } from './series.ts';
import { TrainingRun } from './training.ts';
import { RunId, Uuid } from './values.ts';

/** Path of the browsers' one WebSocket. The first message authenticates; then topics are subscribed. */
export const liveSocketPath = '/api/v1/ws';

/**
 * `run:<run_id>` carries a tracked run's metric points, `job:<job_id>` one job's row, log lines and output; the
 * others carry changed rows.
 */
export const LiveTopic = z.union([
  z.enum(['nodes', 'runs', 'deployments', 'pulls', 'jobs', 'scripts']),
  z.templateLiteral(['run:', RunId]),
  z.templateLiteral(['job:', Uuid]),
]);
export type LiveTopic = z.infer<typeof LiveTopic>;

/** Browser → server. */
export const LiveRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('authenticate'), access_token: z.string().max(4096) }),
  z.object({ type: z.literal('subscribe'), topic: LiveTopic }),
  z.object({ type: z.literal('unsubscribe'), topic: LiveTopic }),
]);
export type LiveRequest = z.infer<typeof LiveRequest>;

/**
 * Server → browser. Rows are whole, so a client replaces what it holds; after (re)connecting it subscribes,
 * waits for `subscribed`, then reads the state over HTTP, and so misses nothing.
 */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('authenticated') }),
  z.object({ type: z.literal('subscribed'), topic: LiveTopic }),
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('node.updated'), node: Node }),
  z.object({ type: z.literal('node.removed'), id: Uuid }),
  z.object({ type: z.literal('run.updated'), run: TrainingRun }),
  z.object({ type: z.literal('run.points'), run_id: RunId, points: z.array(LivePoint) }),
  z.object({ type: z.literal('job.updated'), job: Job }),
  z.object({ type: z.literal('job.logs'), job_id: Uuid, lines: z.array(JobLogLine) }),
  z.object({ type: z.literal('job.output'), job_id: Uuid, pieces: z.array(JobOutput) }),
  z.object({ type: z.literal('script.updated'), script: Script }),
  z.object({ type: z.literal('script.run.updated'), run: ScriptRun }),
  z.object({ type: z.literal('deployment.updated'), deployment: Deployment }),
  z.object({ type: z.literal('deployment.removed'), id: Uuid }),
  z.object({ type: z.literal('pull.updated'), pull: Pull }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
