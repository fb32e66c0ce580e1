import { inArray } from 'drizzle-orm';
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
    for (const [name, value] of Object.entries(values))
      await this.#database
        .insert(settings)
        .values({ name, value })
        .onConflictDoUpdate({ target: settings.name, set: { value } });
  }
}
