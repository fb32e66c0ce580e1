import { ApiError } from '@hearth/contract';

/** How long the server wants us to wait before the next sign-in; 0 for any other refusal. */
export function waitMs(error: unknown): number {
  if (!(error instanceof ApiError) || error.code !== 'auth.wait') return 0;
  const seconds = Number(error.details.retry_after);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
