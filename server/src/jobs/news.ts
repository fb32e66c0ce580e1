import type { LiveHub } from '../platform/live-hub.ts';
import { summarize } from './event-batch.ts';
import { asJob } from './job.ts';
import type { JobRecord, NumberedEvent } from './jobs.types.ts';
import { asOutput, merged } from './retention.ts';

/** Tells watchers of a job what has become of it. */
export function tellWatchers(live: LiveHub, job: JobRecord, events: readonly NumberedEvent[]): void {
  const own = `job:${job.id}` as const;
  const isWatched = live.hasSubscribers(own);
  if (isWatched) {
    const { logs: lines, pieces } = summarize(events);
    if (lines.length > 0) live.publish(own, { type: 'job.logs', job_id: job.id, lines });
    const told = merged(pieces, Number.POSITIVE_INFINITY).map(asOutput);
    if (told.length > 0) live.publish(own, { type: 'job.output', job_id: job.id, pieces: told });
  }
  const isQuiet = events.length > 0 && events.every(({ event }) => quiet.has(event.type));
  if (isQuiet) return;
  if (isWatched) live.publish(own, { type: 'job.updated', job: asJob(job) });
  if (live.hasSubscribers('jobs')) live.publish('jobs', { type: 'job.updated', job: asJob(job) });
}

/** Events that do not change the job's row as people see it. */
const quiet = new Set(['log', 'output', 'metrics', 'params', 'checkpoint', 'artifact']);
