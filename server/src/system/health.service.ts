import type { ComponentHealth } from '@hearth/contract';
import { HealthChecker, type HealthResult } from '@hearth/toolkit/reliability';
import { AppError } from '../platform/errors.ts';

type Name = ComponentHealth['name'];
export type Detail = ComponentHealth['detail'];
export interface Component {
  name: Name;
  /** Whether the server is of no use without it. */
  essential: boolean;
  /** Tells its figures through `note`, and throws where it is not well. */
  check: (note: (detail: Detail) => void) => Promise<void>;
}

/** How the parts of the server are. Everybody who asks while a part is being looked at gets the same look. */
export class HealthService {
  readonly #components: readonly Component[];
  readonly #checker: HealthChecker;
  readonly #details = new Map<Name, Detail>();
  readonly #running = new Map<Name, Promise<HealthResult>>();
  constructor(components: readonly Component[], checker = new HealthChecker({ timeoutMs: 5_000 })) {
    this.#components = components;
    this.#checker = checker;
    for (const { name, check } of components)
      checker.registerCheck(name, () => {
        this.#details.delete(name);
        return check((detail) => this.#details.set(name, detail));
      });
  }

  /** Throws `service.unavailable` when the database does not answer. */
  async requireDatabase(): Promise<void> {
    if (!(await this.#run('database')).healthy)
      throw new AppError('service.unavailable', 'The database cannot be reached just now.', {}, 2);
  }

  /** Throws `service.unavailable` when something is wrong that the server cannot work without. */
  async requireReady(): Promise<void> {
    const essential = this.#components.filter((component) => component.essential);
    const results = await Promise.all(essential.map(({ name }) => this.#run(name)));
    const components = essential.flatMap(({ name }, i) => (results[i]?.healthy ? [] : [name]));
    if (components.length > 0)
      throw new AppError('service.unavailable', `Not ready: ${components.join(', ')}.`, { components }, 2);
  }

  async components(): Promise<ComponentHealth[]> {
    return Promise.all(
      this.#components.map(async ({ name, essential }) => {
        const { healthy, durationMs, error } = await this.#run(name);
        const status = healthy ? 'healthy' : 'unhealthy';
        const detail = this.#details.get(name) ?? {};
        const reason = healthy ? null : error || 'It does not say why.';
        return { name, status, essential, duration_ms: durationMs, detail, error: reason };
      }),
    );
  }

  #run(name: Name): Promise<HealthResult> {
    const running =
      this.#running.get(name) ??
      this.#checker
        .runChecks({ names: [name] })
        .then((results) => results[name]!)
        .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }
}
