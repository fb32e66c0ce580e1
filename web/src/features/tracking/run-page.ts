import type { TrackedRun } from '@hearth/contract';
import type { RouteLocationRaw } from 'vue-router';

/** Where one looks at a run: a training session has a page of its own kind. */
export const pageOf = ({ session_id, run_id }: TrackedRun): RouteLocationRaw =>
  session_id ? { name: 'run', params: { id: session_id } } : { name: 'tracked-run', params: { id: run_id } };
