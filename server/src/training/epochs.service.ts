import type { TrainingMetrics } from '@hearth/contract';
import type { SeriesService } from '../tracking/series.service.ts';
import type { TrackingService } from '../tracking/tracking.service.ts';
import { epochKeys, epochRows } from './epoch-rows.ts';

type SeriesRow = Awaited<ReturnType<SeriesService['ofRuns']>>[number];

/** The documented rows of training sessions, read from the series of their tracked runs. */
export class EpochsService {
  readonly #tracking: TrackingService;
  readonly #series: SeriesService;
  constructor(tracking: TrackingService, series: SeriesService) {
    this.#tracking = tracking;
    this.#series = series;
  }

  /** All of a session, ascending. */
  async list(sessionId: string): Promise<TrainingMetrics[]> {
    const series = (await this.#seriesOf([sessionId])).get(sessionId) ?? [];
    const keys = new Map(series.map(({ id, key }) => [id, key]));
    const points = await this.#series.newestOfSteps([...keys.keys()]);
    const measured = points.map(({ id, ...point }) => ({ ...point, key: keys.get(id)! }));
    return epochRows(sessionId, measured, firstStepOf(series));
  }

  /** The newest row of each session that has one. */
  async last(sessionIds: string[]): Promise<Map<string, TrainingMetrics>> {
    const rows = new Map<string, TrainingMetrics>();
    for (const [sessionId, series] of await this.#seriesOf(sessionIds)) {
      const measured = series.map(({ key, last }) => ({ key, ...last }));
      const newest = epochRows(sessionId, measured, firstStepOf(series)).at(-1);
      if (newest) rows.set(sessionId, newest);
    }
    return rows;
  }

  async #seriesOf(sessionIds: string[]): Promise<Map<string, SeriesRow[]>> {
    const runIds = await this.#tracking.idsOfSessions(sessionIds);
    const sessions = new Map([...runIds].map(([sessionId, runId]) => [runId, sessionId]));
    const series = await this.#series.ofRuns([...sessions.keys()], epochKeys);
    return Map.groupBy(series, ({ runId }) => sessions.get(runId)!);
  }
}

const firstStepOf = (series: SeriesRow[]): number => Math.min(...series.map(({ firstStep }) => firstStep));
