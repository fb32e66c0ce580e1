import { consoleLog, type Log } from '../log.ts';
import { singleton } from '../singleton.ts';
import { isAbort } from '../wrapper.ts';

type Fallback = (...args: never[]) => unknown;

/** Second-best answers, by name. Every use is logged and counted. */
export class FallbackHandler {
  readonly #fallbacks = new Map<string, Fallback>();
  readonly #uses = new Map<string, number>();
  readonly #log: Log;

  /** @param options.log default: standard error */
  constructor({ log = consoleLog }: { log?: Log } = {}) {
    this.#log = log;
  }

  /** Names the function to ask when `name` fails. It replaces an earlier one. */
  registerFallback(name: string, fallback: Fallback): void {
    this.#fallbacks.set(name, fallback);
  }

  /**
   * Calls `fn(...args)`; if it fails, the fallback with the same arguments.
   * @throws the error of `fn` when none is registered or the caller aborted; the fallback's own error otherwise
   */
  async executeWithFallback<Args extends unknown[], R>(
    fn: (...args: Args) => R,
    name: string,
    ...args: Args
  ): Promise<Awaited<R>> {
    try {
      return await fn(...args);
    } catch (error) {
      const fallback = this.#fallbacks.get(name) as ((...args: Args) => R) | undefined;
      if (!fallback || isAbort(error)) throw error;
      this.#uses.set(name, this.getUses(name) + 1);
      this.#log.warn({ fallback: name, error }, 'A fallback answered in place of a function that failed');
      return await fallback(...args);
    }
  }

  /** How often the fallback of `name` was asked. */
  getUses(name: string): number {
    return this.#uses.get(name) ?? 0;
  }
}

/** The program's one handler, for those who want one. */
export const getFallbackHandler = singleton((options?: { log?: Log }) => new FallbackHandler(options));
