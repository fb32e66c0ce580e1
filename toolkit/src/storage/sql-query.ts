/**
 * Runs one statement of PostgreSQL with its parameters `$1`, `$2` …. The `query` of a pool or client of `pg` fits:
 * `(text, values) => pool.query(text, values)`.
 */
export type SqlQuery = (
  text: string,
  values: unknown[],
) => Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;

/** A table's name, with or without a schema, fit to stand in a statement. Throws a RangeError for any other text. */
export function tableName(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/.test(name))
    throw new RangeError(`"${name}" is no plain name of a table`);
  return name;
}

/** Makes a table once, however many ask; where that failed, the next one tries again. */
export function tableMaker(query: SqlQuery, table: string, columns: string): () => Promise<void> {
  let made: Promise<void> | undefined;
  const make = async () => {
    try {
      await query(`create table if not exists ${table} (${columns})`, []);
    } catch (error) {
      // Two that make it at the same moment: PostgreSQL lets one of them fail, although the table is there then.
      await query(`select 1 from ${table} limit 0`, []).catch(() => Promise.reject(error));
    }
  };
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
