import type { LivePoint, MetricValue } from '@hearth/contract';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Point } from './tracking.types.ts';

/** A value as JSON carries it. */
export const asMetricValue = (value: number): MetricValue =>
  Number.isFinite(value) ? value : (String(value) as MetricValue);

/** Tells watchers of a run its new points. */
export class LivePoints {
  readonly #hub: LiveHub;
  constructor(hub: LiveHub) {
    this.#hub = hub;
  }

  tell(runId: string, points: readonly Point[]): void {
    const topic = `run:${runId}` as const;
    if (points.length === 0 || !this.#hub.hasSubscribers(topic)) return;
    const told = points.map(
      ({ key, step, atMs, value }): LivePoint => ({
        key,
        step,
        at: new Date(atMs).toISOString(),
        value: asMetricValue(value),
      }),
    );
    this.#hub.publish(topic, { type: 'run.points', run_id: runId, points: told });
  }
}
