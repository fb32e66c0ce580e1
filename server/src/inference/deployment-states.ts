import type { Deployment, DeploymentReport } from '@hearth/contract';
import { CircuitBreaker } from '@hearth/toolkit/reliability';
import type { DeploymentRow } from './deployments.repository.ts';
import { breakerOptions } from './endpoint-guard.ts';

/** How deployments are just now: what their nodes reported, how endpoints answered, how much is asked of each. */
export class DeploymentStates {
  readonly #isOnline: (nodeId: string) => boolean;
  readonly #reports = new Map<string, DeploymentReport>();
  /** Why an endpoint's last question failed; an answer clears it. */
  readonly #failures = new Map<string, string>();
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #active = new Map<string, number>();
  constructor(isOnline: (nodeId: string) => boolean) {
    this.#isOnline = isOnline;
  }

  stateOf(row: DeploymentRow): Deployment['state'] {
    if (row.kind === 'endpoint') return this.#failures.has(row.id) ? 'failed' : 'ready';
    if (!this.#isOnline(row.nodeId)) return 'offline';
    return this.#reports.get(row.id)?.state ?? 'starting';
  }

  of(row: DeploymentRow) {
    return {
      state: this.stateOf(row),
      report: this.#reports.get(row.id),
      failure: this.#failures.get(row.id),
      active: this.#active.get(row.id) ?? 0,
    };
  }

  noteReport(report: DeploymentReport): void {
    this.#reports.set(report.deploymentId, report);
  }

  /** True when that is news. */
  noteEndpoint(id: string, failure: string | undefined): boolean {
    if (this.#failures.get(id) === failure) return false;
    if (failure === undefined) this.#failures.delete(id);
    else this.#failures.set(id, failure);
    return true;
  }

  /** What keeps questions from an endpoint that fails again and again. */
  breakerOf(id: string): CircuitBreaker {
    const breaker = this.#breakers.get(id) ?? new CircuitBreaker(breakerOptions);
    this.#breakers.set(id, breaker);
    return breaker;
  }

  enter(id: string, most: number): boolean {
    const active = this.#active.get(id) ?? 0;
    if (active < most) this.#active.set(id, active + 1);
    return active < most;
  }

  leave(id: string): void {
    const active = (this.#active.get(id) ?? 1) - 1;
    if (active > 0) this.#active.set(id, active);
    else this.#active.delete(id);
  }

  forget(id: string): void {
    this.#reports.delete(id);
    this.#failures.delete(id);
    this.#breakers.delete(id);
  }
}
