import { randomBytes } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Executor, Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { summarize } from './batch-summary.ts';
import type { ExperimentsService } from './experiments.service.ts';
import type { LivePoints } from './live-points.ts';
import type { Target } from './points.repository.ts';
import type { PointsService } from './points.service.ts';
import { runNameOf } from './run-names.ts';
import { notFound, requireActive } from './run-state.ts';
import type { RunChange, RunRow, RunsRepository } from './runs.repository.ts';
import { parseSearch } from './search/filter.ts';
import type { Asked, RunScope } from './search/search.types.ts';
import type { DatasetInput, ModelOutput, Point, RunStatus } from './tracking.types.ts';

export interface NewRun {
  /** Or its name, which is made where there is none. */
  experiment: number | { name: string };
  name?: string | undefined;
  userId?: string | undefined;
  status?: RunStatus;
  startMs?: number | undefined;
  params?: Record<string, string>;
  tags?: Record<string, string>;
  /** The training session it is the run of. */
  sessionId?: string;
  /** The job whose process creates it. */
  jobId?: string | undefined;
  createdBy: string | null;
}
/** What is logged to a run at once. */
export interface Entries {
  points?: readonly Point[];
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

/** Tracked runs and what is logged to them. */
export class TrackingService {
  readonly #runs: RunsRepository;
  readonly #points: PointsService;
  readonly #experiments: ExperimentsService;
  readonly #live: LivePoints;
  readonly #clock: Clock;
  constructor(
    runs: RunsRepository,
    points: PointsService,
    experiments: ExperimentsService,
    live: LivePoints,
    clock: Clock,
  ) {
    this.#runs = runs;
    this.#points = points;
    this.#experiments = experiments;
    this.#live = live;
    this.#clock = clock;
  }

  async createRun(tx: Transaction, wanted: NewRun): Promise<RunRow> {
    const { experiment: of, createdBy, params = {}, sessionId, jobId } = wanted;
    const experiment =
      typeof of === 'number'
        ? await this.#experiments.get(of, tx)
        : await this.#experiments.named(tx, of.name, createdBy);
    if (experiment.lifecycle === 'deleted')
      throw new AppError(
        'experiment.deleted',
        `The experiment ${experiment.name} is deleted; restore it first.`,
      );
    const runId = randomBytes(16).toString('hex');
    const createdAt = this.#clock();
    const name = wanted.name || wanted.tags?.['mlflow.runName'] || runNameOf(runId);
    return this.#runs.add(
      {
        runId,
        experimentId: experiment.id,
        name,
        userId: wanted.userId || createdBy || '',
        status: wanted.status ?? 'RUNNING',
        startMs: wanted.startMs ?? createdAt.getTime(),
        artifactUri: `${experiment.artifactLocation}/${runId}/artifacts`,
        params,
        tags: { ...wanted.tags, 'mlflow.runName': name },
        sessionId: sessionId ?? null,
        jobId: jobId ?? null,
        createdBy,
        createdAt,
      },
      tx,
    );
  }

  createAlone(wanted: NewRun): Promise<RunRow> {
    return this.#runs.transaction((tx) => this.createRun(tx, wanted));
  }

  async get(runId: string, executor?: Executor): Promise<RunRow> {
    const row = await this.#runs.find(runId, executor);
    if (!row) throw notFound(runId);
    return row;
  }

  /** Throws where one of them is not there. */
  async requireAll(runIds: string[]): Promise<void> {
    const known = await this.#runs.known(runIds);
    const missing = runIds.find((runId) => !known.has(runId));
    if (missing !== undefined) throw notFound(missing);
  }

  /** With a filter and orders as people write them. */
  search(asked: Asked<RunScope>): Promise<RunRow[]> {
    return this.#runs.search(parseSearch(asked));
  }

  keysOf(experimentId: number, most: number): Promise<{ params: string[]; metrics: string[] }> {
    return this.#runs.keysOf(experimentId, most);
  }

  /** Runs of training sessions, by session. */
  idsOfSessions(sessionIds: string[]): Promise<Map<string, string>> {
    return this.#runs.idsOfSessions(sessionIds);
  }

  /** Stores points inside the caller's transaction; after its commit the caller calls `tellPoints`. */
  async addPoints(tx: Transaction, runId: string, points: readonly Point[]): Promise<void> {
    await this.#write(tx, await this.#lock(tx, runId), { points });
  }

  /** Stores params; a value that is there already may be said again, another one is refused. */
  async setParams(tx: Transaction, runId: string, params: Record<string, string>): Promise<void> {
    await this.#write(tx, await this.#lock(tx, runId), { params });
  }

  /** All of it or nothing, and watchers are told; `check` decides whether the caller may. */
  async log(runId: string, entries: Entries, check: (run: Target['run']) => void): Promise<void> {
    const { points = [], params = {}, tags = {} } = entries;
    if (points.length > 0 && Object.keys(params).length + Object.keys(tags).length === 0)
      await this.#points.log(runId, points, check);
    else
      await this.#runs.transaction(async (tx) => {
        const run = await this.#lock(tx, runId);
        check(run);
        requireActive(run);
        await this.#write(tx, run, entries);
      });
    this.tellPoints(runId, points);
  }

  /** Changes the locked run by what `change` says of it. */
  change(runId: string, change: (run: RunRow) => RunChange): Promise<RunRow> {
    return this.#runs.transaction(async (tx) => {
      const run = await this.#lock(tx, runId);
      const changed = change(run);
      return Object.keys(changed).length === 0 ? run : (await this.#runs.update(tx, runId, changed))!;
    });
  }

  /** How a session's run stands, as its jobs tell; nobody else changes that. */
  async setStatus(tx: Transaction, runId: string, status: RunStatus, endAt: Date | null): Promise<void> {
    await this.#runs.update(tx, runId, { status, endMs: endAt?.getTime() ?? null });
  }

  addInputs(
    runId: string,
    datasets: DatasetInput[],
    models: string[],
    check: (run: RunRow) => void,
  ): Promise<RunRow> {
    return this.change(runId, (run) => {
      check(run);
      requireActive(run);
      const known = new Set(run.datasetInputs.map(placeOf));
      const fresh = datasets.filter((input) => !known.has(placeOf(input)));
      return {
        datasetInputs: [...run.datasetInputs, ...fresh],
        modelInputs: [...new Set([...run.modelInputs, ...models])],
      };
    });
  }

  addOutputs(runId: string, outputs: ModelOutput[], check: (run: RunRow) => void): Promise<RunRow> {
    return this.change(runId, (run) => {
      check(run);
      requireActive(run);
      const known = new Set(run.modelOutputs.map(({ model_id }) => model_id));
      return {
        modelOutputs: [...run.modelOutputs, ...outputs.filter(({ model_id }) => !known.has(model_id))],
      };
    });
  }

  remove(runId: string): Promise<RunRow> {
    return this.change(runId, () => ({ lifecycle: 'deleted', deletedAt: this.#clock() }));
  }

  restore(runId: string): Promise<RunRow> {
    return this.change(runId, () => ({ lifecycle: 'active', deletedAt: null }));
  }

  /** After the commit: what watchers of the run see. */
  tellPoints(runId: string, points: readonly Point[]): void {
    this.#live.tell(runId, points);
  }

  async #lock(tx: Transaction, runId: string): Promise<RunRow> {
    const run = await this.#runs.lock(tx, runId);
    if (!run) throw notFound(runId);
    return run;
  }

  async #write(
    tx: Transaction,
    run: RunRow,
    { points = [], params = {}, tags = {} }: Entries,
  ): Promise<void> {
    if (points.length > 0) await this.#points.merge(tx, run.runId, summarize([points]));
    const fresh = newParams(run.params, params);
    const change: RunChange = {
      ...(Object.keys(fresh).length > 0 ? { params: { ...run.params, ...fresh } } : {}),
      ...(Object.keys(tags).length > 0 ? { tags: { ...run.tags, ...tags } } : {}),
      ...(tags['mlflow.runName'] ? { name: tags['mlflow.runName'] } : {}),
    };
    if (Object.keys(change).length > 0) await this.#runs.update(tx, run.runId, change);
  }
}

/** What is new of these params. */
function newParams(known: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const fresh: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    const before = Object.hasOwn(known, key) ? known[key] : undefined;
    if (before === undefined) fresh[key] = value;
    else if (before !== value)
      throw new AppError(
        'run.param_changed',
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${before}', not '${value}'.`,
        { key, old_value: before, new_value: value },
      );
  }
  return fresh;
}

const placeOf = ({ dataset: { name, digest } }: DatasetInput) => `${name}\n${digest}`;
