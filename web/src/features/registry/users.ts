import { ApiError, Use } from '@hearth/contract';
import type { RouteLocationRaw } from 'vue-router';

/** Who stands in the way of a deletion or renaming, as the refusal lists them. */
export function usersOf(error: unknown): Use[] {
  if (!(error instanceof ApiError)) return [];
  return Use.array().safeParse(error.details.used_by).data ?? [];
}

/** Where one can look at a user. */
export function pageOfUser({ kind, id }: Use): RouteLocationRaw {
  if (kind === 'run') return { name: 'run', params: { id } };
  if (kind === 'deployment') return { name: 'deployment', params: { id } };
  if (kind === 'model') return { name: 'model', params: { name: id } };
  return { name: 'queue' };
}
