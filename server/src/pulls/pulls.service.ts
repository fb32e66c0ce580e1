import { ModelTask, type Pull } from '@hearth/contract';
import type { JobsService, JobView } from '../jobs/jobs.service.ts';
import type { ActiveJob, Completion, JobHandler, JobRecord } from '../jobs/jobs.types.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { badSourceBecause, modelNameOf } from './pull-source.ts';

export interface PullOrder {
  source: string;
  modelName?: string | undefined;
  sha256?: string | undefined;
  createdBy: string;
}

/** Models fetched from elsewhere: each is a job of a node, and in the end a registered version. */
export class PullsService implements JobHandler {
  readonly #jobs: JobsService;
  readonly #models: ModelsService;
  readonly #nodes: NodesService;
  readonly #live: LiveHub;
  constructor(jobs: JobsService, models: ModelsService, nodes: NodesService, live: LiveHub) {
    this.#jobs = jobs;
    this.#models = models;
    this.#nodes = nodes;
    this.#live = live;
    jobs.handle('pull', this);
  }

  async start({ source, modelName, sha256, createdBy }: PullOrder): Promise<Pull> {
    const reason = badSourceBecause(source);
    if (reason) throw new AppError('pull.bad_source', reason, { source });
    const name = modelName ?? modelNameOf(source);
    if (!name)
      throw new AppError('pull.bad_source', 'The source tells no name: choose one for the model.', {
        source,
      });
    const isPossible = (await this.#nodes.capabilities()).some(({ jobKinds }) => jobKinds.includes('pull'));
    if (!isPossible)
      throw new AppError('node.none_capable', 'No machine that can fetch models has joined yet.');
    const payload = { kind: 'pull' as const, source, modelName: name, sha256: sha256 ?? null };
    const title = `Fetch ${name}`;
    const id = await this.#jobs.enqueueAlone({ kind: 'pull', title, priority: 0, payload, createdBy });
    await this.#jobs.dispatch();
    const pull = asPull(await this.#jobs.get(id), this.#jobs.view);
    this.#live.publish('pulls', { type: 'pull.updated', pull });
    return pull;
  }

  async newest(): Promise<Pull[]> {
    return (await this.#jobs.records(50, { kind: 'pull' })).map((job) => asPull(job, this.#jobs.view));
  }

  async cancel(id: string): Promise<'stopped' | 'ordered'> {
    try {
      const job = await this.#jobs.get(id);
      if (job.kind === 'pull') return await this.#jobs.cancel(id);
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      if (code === 'job.not_active') throw new AppError('pull.not_active', 'This pull has ended already.');
      if (code !== 'job.not_found') throw error;
    }
    throw new AppError('pull.not_found', 'There is no such pull.', { id });
  }

  async onCompleted(tx: Transaction, job: ActiveJob, { result, artifacts }: Completion): Promise<void> {
    const { source, modelName } = payloadOf(job);
    if (artifacts.length === 0)
      throw new AppError('model.unreadable', 'The pull ended without handing in a file.');
    const told = ModelTask.safeParse(result.task);
    const isText = artifacts.some(({ format }) => format === 'gguf');
    const task = told.success ? told.data : isText ? 'text-generation' : 'unknown';
    const nothing = { sessionId: null, datasetName: null, datasetSha256: null };
    const { createdBy } = job;
    const lineage = { ...nothing, lineageKind: 'pull' as const, source, createdBy };
    await this.#models.register(tx, { modelName, task, metadata: result, ...lineage, artifacts });
  }

  async onChanged(job: JobRecord): Promise<void> {
    this.#live.publish('pulls', { type: 'pull.updated', pull: asPull(job, this.#jobs.view) });
  }
}

function payloadOf({ id, payload }: JobRecord) {
  if (payload.kind !== 'pull') throw new Error(`Job ${id} is no pull.`);
  return payload;
}

function asPull(job: JobRecord, view: (job: JobRecord) => JobView): Pull {
  const { source, modelName } = payloadOf(job);
  const { id, state, stopping, progress, error, waiting, created_at, finished_at } = view(job);
  return {
    id,
    job_id: id,
    source,
    model_name: modelName,
    state,
    stopping,
    progress,
    error_message: error?.message ?? null,
    failure: error,
    waiting,
    created_at,
    finished_at,
  };
}
