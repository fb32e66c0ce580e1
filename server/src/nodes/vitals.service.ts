import type { Vitals } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { NodesRepository } from './nodes.repository.ts';

const ringLength = 450;
const retentionMs = 24 * 60 * 60_000;

/** Every reading of the last quarter of an hour in memory; those there are at each `store` in the database, for a day. */
export class VitalsService {
  readonly #rings = new Map<string, Vitals[]>();
  readonly #repository: NodesRepository;
  readonly #clock: Clock;
  constructor(repository: NodesRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  /** Readings that go back in time (a clock was set, a frame was doubled) are left out. */
  add(nodeId: string, vitals: Vitals): void {
    const ring = this.#rings.get(nodeId) ?? [];
    const last = ring.at(-1);
    if (last && last.at >= vitals.at) return;
    ring.push(vitals);
    if (ring.length > ringLength) ring.shift();
    this.#rings.set(nodeId, ring);
  }

  latest(nodeId: string): Vitals | null {
    return this.#rings.get(nodeId)?.at(-1) ?? null;
  }

  async history(nodeId: string, minutes: number): Promise<Vitals[]> {
    const since = new Date(this.#clock().getTime() - minutes * 60_000);
    const recent = (this.#rings.get(nodeId) ?? []).filter(({ at }) => at >= since.toISOString());
    const stored = await this.#repository.vitals(nodeId, since);
    const first = recent[0]?.at;
    return [...(first ? stored.filter(({ at }) => at < first) : stored), ...recent];
  }

  forget(nodeId: string): void {
    this.#rings.delete(nodeId);
  }

  /** Writes the newest reading of each node. */
  async store(): Promise<void> {
    const now = this.#clock().getTime();
    const fresh = [...this.#rings].flatMap(([nodeId, ring]) => {
      const vitals = ring.at(-1);
      return vitals && now - Date.parse(vitals.at) < 10_000 ? [{ nodeId, vitals }] : [];
    });
    if (fresh.length > 0) await this.#repository.addVitals(fresh);
  }

  async forgetOld(): Promise<void> {
    await this.#repository.removeVitalsBefore(new Date(this.#clock().getTime() - retentionMs));
  }
}
