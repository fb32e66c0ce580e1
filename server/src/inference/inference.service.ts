import type { InferenceRequest, Prediction } from '@hearth/contract';
import { CircuitOpenError, CircuitState } from '@hearth/toolkit/reliability';
import { AppError } from '../platform/errors.ts';
import type { DeploymentRow, EndpointDeployment } from './deployments.repository.ts';
import type { DeploymentsService } from './deployments.service.ts';
import { RefusedAddress } from './endpoint-address.ts';
import { generateGuarded } from './endpoint-guard.ts';
import { ForeignFailure } from './foreign-chunk.ts';
import type { Generation, Question } from './generation.ts';
import type { NodeRequests } from './node-requests.ts';

/** Requests under way at one deployment; more are told to come again. */
const mostActive = 16;

/** Answers questions by whichever deployment was asked for. */
export class InferenceService {
  readonly #deployments: DeploymentsService;
  readonly #requests: NodeRequests;
  constructor(deployments: DeploymentsService, requests: NodeRequests) {
    this.#deployments = deployments;
    this.#requests = requests;
  }

  /** Language models that answer now, as `/v1` names them. */
  async models(): Promise<{ id: string; createdAt: Date }[]> {
    const ready = (await this.#deployments.list()).filter(
      ({ state, task }) => state === 'ready' && task === 'text-generation',
    );
    return ready.map(({ name, created_at }) => ({ id: `model/${name}`, createdAt: new Date(created_at) }));
  }

  /** Begins an answer; refusals come with the first piece. Ending the iteration, or the signal, withdraws the question. */
  async *generate(model: string, question: Question, signal: AbortSignal): Generation {
    const row = await this.#find(model);
    if (row.task !== 'text-generation')
      throw new AppError('deployment.unsuited', `${row.name} is no language model: ask it by predict.`);
    this.#requireReady(row);
    this.#enter(row);
    try {
      if (row.kind === 'endpoint') yield* this.#generateAt(row, question, signal);
      else yield* this.#requests.generate(row.nodeId, row.id, question, signal);
    } finally {
      this.#deployments.leave(row.id);
    }
  }

  async predict(
    id: string,
    rows: Extract<InferenceRequest, { kind: 'predict' }>['rows'],
    signal: AbortSignal,
  ): Promise<Prediction[]> {
    const row = await this.#deployments.row(id);
    if (row.kind === 'endpoint' || row.task === 'text-generation')
      throw new AppError('deployment.unsuited', `${row.name} is a language model: it does not predict rows.`);
    this.#requireReady(row);
    this.#enter(row);
    try {
      return await this.#requests.predict(row.nodeId, row.id, rows, signal);
    } finally {
      this.#deployments.leave(row.id);
    }
  }

  async #find(model: string): Promise<DeploymentRow> {
    const name = model.replace(/^model\//, '');
    const row = await this.#deployments.findByName(name);
    if (!row) throw new AppError('deployment.not_found', `There is no model named ${model}.`, { model });
    return row;
  }

  /** An endpoint that failed is asked again: only by answering can it recover. */
  #requireReady(row: DeploymentRow): void {
    const state = this.#deployments.stateOf(row);
    if (row.kind === 'model' && state !== 'ready')
      throw new AppError('deployment.not_ready', `${row.name} is not ready: it is ${state}.`, { state });
  }

  #enter(row: DeploymentRow): void {
    if (!this.#deployments.enter(row.id, mostActive))
      throw new AppError('inference.busy', `${row.name} answers as many as it can just now.`, {}, 1);
  }

  async *#generateAt(row: EndpointDeployment, question: Question, signal: AbortSignal): Generation {
    const breaker = this.#deployments.breakerOf(row.id);
    try {
      yield* generateGuarded(breaker, this.#deployments.endpointOf(row), question, signal);
      this.#deployments.noteEndpoint(row.id, undefined);
    } catch (error) {
      if (signal.aborted) throw new AppError('request.aborted', 'The question was withdrawn.');
      if (error instanceof CircuitOpenError) throw notAskedNow(error);
      const isClosed = breaker.getState() === CircuitState.CLOSED;
      // One refusal may lie in the question; a server that refuses everything has failed.
      if (error instanceof AppError && isClosed) throw error;
      const message = describe(error);
      this.#deployments.noteEndpoint(row.id, message);
      throw error instanceof AppError ? error : new AppError('inference.failed', message);
    }
  }
}

function notAskedNow({ retryAfterMs }: CircuitOpenError): AppError {
  const message = 'The attached server keeps failing, so it is not asked just now.';
  return new AppError('inference.failed', message, {}, Math.max(1, Math.ceil(retryAfterMs / 1000)));
}

function describe(error: unknown): string {
  if (error instanceof ForeignFailure || error instanceof AppError) return error.message;
  if (error instanceof RefusedAddress)
    return 'The attached server has moved to an address that is not allowed.';
  const { code } = error as NodeJS.ErrnoException;
  return `The attached server could not be reached${code ? ` (${code})` : ''}.`;
}
