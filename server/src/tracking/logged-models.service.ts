import { randomBytes } from 'node:crypto';
import type { Caller } from '../platform/access.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { storable } from '../platform/storable.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import type { ExperimentsService } from './experiments.service.ts';
import type { LoggedModelRow, LoggedModelsRepository, ModelQuery } from './logged-models.repository.ts';
import { requireOwn } from './run-access.ts';
import { runNameOf } from './run-names.ts';
import type { TrackingService } from './tracking.service.ts';

export interface NewLoggedModel {
  experimentId: number;
  name?: string | undefined;
  modelType?: string | undefined;
  sourceRunId?: string | undefined;
  params: Record<string, string>;
  tags: Record<string, string>;
}
interface Needs {
  repository: LoggedModelsRepository;
  artifacts: ArtifactsService;
  experiments: ExperimentsService;
  tracking: TrackingService;
  clock: Clock;
}

/** Models that clients log beside their runs, each with files of its own. */
export class LoggedModelsService {
  readonly #needs: Needs;
  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async create(wanted: NewLoggedModel, caller: Caller): Promise<LoggedModelRow> {
    const { repository, experiments, tracking, clock } = this.#needs;
    const experiment = await experiments.get(wanted.experimentId);
    if (wanted.sourceRunId) requireOwn(caller)(await tracking.get(wanted.sourceRunId));
    const modelId = `m-${randomBytes(16).toString('hex')}`;
    const now = clock();
    return repository.add({
      ...{ modelId, experimentId: experiment.id, name: wanted.name || runNameOf(modelId.slice(2)) },
      ...{ modelType: wanted.modelType ?? '', sourceRunId: wanted.sourceRunId ?? '' },
      ...{ params: storable(wanted.params), tags: storable(wanted.tags) },
      status: 'LOGGED_MODEL_PENDING',
      artifactUri: `${experiment.artifactLocation}/models/${modelId}/artifacts`,
      ...{ jobId: caller.kind === 'job' ? caller.id : null, createdBy: caller.name },
      ...{ createdAt: now, updatedAt: now },
    });
  }

  async get(modelId: string): Promise<LoggedModelRow> {
    const row = await this.#needs.repository.find(modelId);
    if (!row) throw notFound(modelId);
    return row;
  }

  search(query: ModelQuery): Promise<LoggedModelRow[]> {
    return this.#needs.repository.search(query);
  }

  /** The process of a job writes only to what it logged itself. */
  async getToWrite(modelId: string, caller: Caller): Promise<LoggedModelRow> {
    const row = await this.get(modelId);
    if (caller.kind === 'job' && row.jobId !== caller.id)
      throw new AppError('auth.forbidden', 'A job may write only to models it logged.', {
        model_id: modelId,
      });
    return row;
  }

  async change(
    modelId: string,
    caller: Caller,
    change: (row: LoggedModelRow) => Partial<Pick<LoggedModelRow, 'status' | 'params' | 'tags'>>,
  ): Promise<LoggedModelRow> {
    await this.getToWrite(modelId, caller);
    const { repository, clock } = this.#needs;
    return repository.transaction(async (tx) => {
      const row = await repository.lock(tx, modelId);
      if (!row) throw notFound(modelId);
      return repository.change(tx, modelId, { ...storable(change(row)), updatedAt: clock() });
    });
  }

  async remove(modelId: string): Promise<void> {
    if (!(await this.#needs.repository.remove(modelId))) throw notFound(modelId);
    await this.#needs.artifacts.remove({ owner: modelId, path: '' });
  }
}

const notFound = (modelId: string) =>
  new AppError('logged_model.not_found', `Logged model with ID '${modelId}' not found.`, {
    model_id: modelId,
  });
