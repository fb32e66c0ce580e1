import { z } from 'zod';
import { AppError } from './errors.ts';

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Opens what `toPage` made; anything else is a bad request. */
export function readCursor<S extends z.ZodType>(
  shape: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const parsed = z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue('not a cursor');
        return z.NEVER;
      }
    })
    .pipe(shape)
    .safeParse(text);
  if (parsed.success) return parsed.data as z.output<S>;
  const fields = [{ path: 'query.cursor', message: 'not a cursor of this list' }];
  throw new AppError('request.invalid', 'query.cursor: not a cursor of this list', { fields });
}

/** Makes a page of rows read with `limit + 1`; the row too many tells that there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => unknown,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next_cursor = last ? Buffer.from(JSON.stringify(cursorOf(last))).toString('base64url') : null;
  return { items: shown.map(itemOf), next_cursor };
}
