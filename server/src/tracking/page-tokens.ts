import { z } from 'zod';
import { readCursor, toPage } from '../platform/paging.ts';

/** Pages by offset, for orders that only the database knows. */
export const offsetOf = (token: string | undefined): number =>
  readCursor(z.number().int().min(0).max(10_000_000), token) ?? 0;

/** Of rows read with `limit + 1`. */
export const pageAt = <Row>(rows: readonly Row[], limit: number, offset: number) =>
  toPage(
    rows,
    limit,
    () => offset + limit,
    (row) => row,
  );

/** MLflow's clients stop where there is no token. */
export const tokenField = (token: string | null) => (token === null ? {} : { next_page_token: token });
