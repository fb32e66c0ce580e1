import type { Job } from '@hearth/contract';
import type { RouteLocationRaw } from 'vue-router';

/** Jobs that wait, in the order in which they will be taken: larger priority first, then older first. */
export const inQueueOrder = (jobs: readonly Job[]): Job[] =>
  jobs
    .filter((job) => job.state === 'queued')
    .sort((a, b) => b.priority - a.priority || (a.created_at < b.created_at ? -1 : 1));

/** Jobs at work, the longest first. */
export const atWork = (jobs: readonly Job[]): Job[] =>
  jobs
    .filter((job) => job.state === 'running')
    .sort((a, b) => ((a.started_at ?? a.created_at) < (b.started_at ?? b.created_at) ? -1 : 1));

/** The page of what a job works for. */
export function pageOf({ kind, subject, id }: Job): RouteLocationRaw {
  if (kind === 'training') return { name: 'run', params: { id: subject } };
  if (kind === 'script') return { name: 'script-run', params: { name: subject, id } };
  return { name: 'get-model' };
}

/** How far it is, 0..1; null where that is not known. */
export const fractionOf = ({ progress }: Job): number | null =>
  progress?.total ? Math.min(1, progress.done / progress.total) : null;
