import { z } from 'zod';
import { Deployment } from './inference.ts';
import { Node } from './nodes.ts';
import { Pull } from './pulls.ts';
import { StepPoint, TrainingLog, TrainingMetrics, TrainingRun } from './training.ts';
import { SessionId, Uuid } from './values.ts';

/** Path of the browsers' one WebSocket. The first message authenticates; then topics are subscribed. */
export const liveSocketPath = '/api/v1/ws';

/** `run:<session_id>` carries that run's metrics, steps and logs; the others carry changed rows. */
export const LiveTopic = z.union([
  z.enum(['nodes', 'runs', 'deployments', 'pulls']),
  z.templateLiteral(['run:', SessionId]),
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
  z.object({ type: z.literal('run.metrics'), session_id: SessionId, rows: z.array(TrainingMetrics) }),
  z.object({ type: z.literal('run.steps'), session_id: SessionId, points: z.array(StepPoint) }),
  z.object({ type: z.literal('run.logs'), session_id: SessionId, lines: z.array(TrainingLog) }),
  z.object({ type: z.literal('deployment.updated'), deployment: Deployment }),
  z.object({ type: z.literal('deployment.removed'), id: Uuid }),
  z.object({ type: z.literal('pull.updated'), pull: Pull }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
