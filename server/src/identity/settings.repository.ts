import { inArray, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { settings } from './identity.table.ts';

export class SettingsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async read(names: readonly string[]): Promise<Record<string, unknown>> {
    const rows = await this.#database
      .select()
      .from(settings)
      .where(inArray(settings.name, [...names]));
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }

  async write(values: Record<string, unknown>): Promise<void> {
    for (const [name, given] of Object.entries(values)) {
      // As text: the driver would make SQL's NULL of a JSON null, which is a value here.
      const value = sql`${JSON.stringify(given)}::jsonb`;
      await this.#database
        .insert(settings)
        .values({ name, value })
        .onConflictDoUpdate({ target: settings.name, set: { value } });
    }
  }
}
