/** A reason, in one sentence a person can act on, why the embedded PostgreSQL isn't running. */
export class PostgresError extends Error {
  override name = 'PostgresError';
}

/** The way out that always exists. */
export const USE_DATABASE_URL = 'set DATABASE_URL to use a PostgreSQL server of your own';
