import { memoize, PerformanceMonitor, parallelize } from '../performance/index.ts';
import { circuitBreaker, retry } from '../reliability/index.ts';
import { type Caller, SecurityManager } from '../security/index.ts';

/**
 * The decorators as their users write them. Node's type stripping knows no decorator syntax, so this file is
 * compiled by TypeScript in `decorators.test.ts` and never imported as it is.
 */
export const monitor = new PerformanceMonitor();
const nothing = async () => undefined;
export const security = new SecurityManager({
  tokens: 'a secret of more than thirty-two bytes',
  revocations: { add: nothing, has: async () => false },
});

export class Decorated {
  calls = 0;
  readonly #factor: number;

  constructor(factor: number) {
    this.#factor = factor;
  }

  @retry({ maxAttempts: 3, initialDelayMs: 1 })
  async flaky(n: number): Promise<number> {
    if (++this.calls < 3) throw new Error('not yet');
    return n * this.#factor;
  }

  @circuitBreaker({ failureThreshold: 2 })
  async broken(): Promise<never> {
    this.calls++;
    throw new Error('broken');
  }

  @memoize({ maxSize: 128 })
  @monitor.measureTime('square')
  square(n: number): number {
    this.calls++;
    return n ** 2 * this.#factor;
  }

  @parallelize({ numWorkers: 2 })
  async squares(items: number[]): Promise<number[]> {
    return items.map((n) => n ** 2);
  }

  @security.requireAuth()
  async whoAmI(caller: Caller): Promise<string | undefined> {
    return caller.user?.userId;
  }

  @security.requirePermission('admin')
  async admin(_caller: Caller): Promise<string> {
    return `factor ${this.#factor}`;
  }
}
