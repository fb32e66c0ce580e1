import { asFailure, type Job, type JobState } from '@hearth/contract';
import type { FinishedJob, JobRecord } from './jobs.types.ts';

/** The state people see: a leased job is as good as running. */
function stateOf(job: JobRecord): JobState {
  if (job.state === 'finished') return job.outcome;
  return job.state === 'queued' ? 'queued' : 'running';
}

const isStopping = (job: JobRecord): boolean =>
  (job.state === 'leased' || job.state === 'running') && job.cancelRequestedAt !== null;
const finishedOf = (job: JobRecord): FinishedJob | undefined => (job.state === 'finished' ? job : undefined);
const startedAtOf = (job: JobRecord): Date | null => (job.state === 'queued' ? null : job.startedAt);
function nodeOf(job: JobRecord): string | null {
  if (job.state === 'queued') return null;
  return job.state === 'finished' ? job.nodeId : job.lease.nodeId;
}

function subjectOf({ payload }: JobRecord): string {
  if (payload.kind === 'training') return payload.sessionId;
  return payload.kind === 'script' ? payload.scriptName : payload.modelName;
}

export function asJob(job: JobRecord): Job {
  const finished = finishedOf(job);
  const waiting = job.state === 'queued' ? job.waiting : null;
  return {
    id: job.id,
    kind: job.kind,
    title: job.title,
    subject: subjectOf(job),
    state: stateOf(job),
    stopping: isStopping(job),
    priority: job.priority,
    node_id: nodeOf(job),
    attempt: job.attempt,
    progress: job.progress,
    error: finished?.error ? asFailure(finished.error) : null,
    exit_code: finished?.exitCode ?? null,
    gpus: job.gpus,
    waiting_for: waiting?.message ?? null,
    waiting,
    created_by: job.createdBy,
    created_at: job.createdAt.toISOString(),
    started_at: startedAtOf(job)?.toISOString() ?? null,
    finished_at: finished?.finishedAt.toISOString() ?? null,
  };
}
