import { Settings } from '@hearth/contract';
import type { SettingsRepository } from './settings.repository.ts';

const defaults: Settings = { alert_email: null };

/** Settings kept in the database. */
export class SettingsService {
  readonly #repository: SettingsRepository;
  constructor(repository: SettingsRepository) {
    this.#repository = repository;
  }

  async read(): Promise<Settings> {
    return Settings.parse({ ...defaults, ...(await this.#repository.read(Object.keys(defaults))) });
  }

  async change(change: Partial<Settings>): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    await this.#repository.write(given);
    return this.read();
  }
}
