import type { JobHandler, JobRecord, NumberedEvent } from '../jobs/jobs.types.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { CatalogueService } from './catalogue.service.ts';
import type { ScriptRunsService } from './script-runs.service.ts';

/** Tells those who watch scripts how their runs stand. What programs write goes to those who watch their jobs. */
export class RunNews implements JobHandler {
  readonly concerns = new Set<NumberedEvent['event']['type']>();
  readonly #runs: ScriptRunsService;
  readonly #catalogue: CatalogueService;
  readonly #live: LiveHub;
  constructor(runs: ScriptRunsService, catalogue: CatalogueService, live: LiveHub) {
    this.#runs = runs;
    this.#catalogue = catalogue;
    this.#live = live;
  }

  async onChanged({ id }: JobRecord, events: NumberedEvent[]): Promise<void> {
    const isQuiet = events.length > 0 && !events.some(({ event }) => /started|finished/.test(event.type));
    if (isQuiet || !this.#live.hasSubscribers('scripts')) return;
    const run = await this.#runs.get(id);
    this.#live.publish('scripts', { type: 'script.run.updated', run });
    const standing = (await this.#runs.standing(run.script_name)).get(run.script_name);
    const script = standing && (await this.#catalogue.view(run.script_name, standing));
    if (script) this.#live.publish('scripts', { type: 'script.updated', script });
  }
}
