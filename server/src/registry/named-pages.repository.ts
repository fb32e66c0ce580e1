import { and, asc, desc, ilike, isNotNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Executor } from '../platform/database.ts';
import { readCursor, toPage } from '../platform/paging.ts';
import type { datasets, models } from './registry.table.ts';

/** What part of a list of models or data sets is wanted; see `NamedListQuery` of the contract. */
export interface Wanted {
  search?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}
type NamedTable = typeof models | typeof datasets;

const Cursor = z.tuple([z.iso.datetime({ precision: 3 }), z.string().max(100)]);
const literally = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** A page of those that have a version, newest first. */
export async function namedPage(executor: Executor, table: NamedTable, { search, limit, cursor }: Wanted) {
  const after = readCursor(Cursor, cursor);
  const pattern = search && literally(search);
  const rows = await executor
    .select({ name: table.name, updatedAt: table.updatedAt })
    .from(table)
    .where(
      and(
        isNotNull(table.latestVersion),
        pattern ? or(ilike(table.name, pattern), ilike(table.description, pattern)) : undefined,
        after
          ? sql`(${table.updatedAt} < ${after[0]} or (${table.updatedAt} = ${after[0]} and ${table.name} > ${after[1]}))`
          : undefined,
      ),
    )
    .orderBy(desc(table.updatedAt), asc(table.name))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    ({ updatedAt, name }) => [updatedAt.toISOString(), name],
    ({ name }) => name,
  );
}
