import type { SQL } from 'drizzle-orm';

/** A search over `models` or `model_versions`, as SQL. */
export interface CatalogueQuery {
  where: SQL | undefined;
  orderBy: SQL[];
  limit: number;
  offset: number;
}
