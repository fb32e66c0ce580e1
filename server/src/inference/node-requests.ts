import { randomUUID } from 'node:crypto';
import {
  type AgentMessage,
  type ErrorCode,
  errorStatus,
  type InferenceRequest,
  type Prediction,
} from '@hearth/contract';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodeListener, WorkMessage } from '../nodes/nodes.types.ts';
import { AppError } from '../platform/errors.ts';
import type { Generation, Piece, Question } from './generation.ts';

type Answer = Extract<AgentMessage, { requestId: string }>;
type Failed = Extract<AgentMessage, { type: 'inference.failed' }>;
interface Pending {
  nodeId: string;
  answers: Answer[];
  bufferedCharacters: number;
  wake: () => void;
}
export interface RequestTimings {
  /** A large model on a small machine reads a long prompt for a while. */
  firstTokenMs: number;
  nextTokenMs: number;
}
const mostBuffered = 1_000_000;

/** Questions under way at nodes: each waits for its answers by number. */
export class NodeRequests implements NodeListener {
  readonly #links: LinksService;
  readonly #timings: RequestTimings;
  readonly #pending = new Map<string, Pending>();
  constructor(links: LinksService, timings: RequestTimings) {
    this.#links = links;
    this.#timings = timings;
  }

  async *generate(nodeId: string, deploymentId: string, request: Question, signal: AbortSignal): Generation {
    for await (const answer of this.#ask(nodeId, deploymentId, request, signal)) {
      const piece = asPiece(answer);
      if (piece) yield piece;
      if (piece?.kind === 'end') return;
    }
  }

  async predict(
    nodeId: string,
    deploymentId: string,
    rows: Extract<InferenceRequest, { kind: 'predict' }>['rows'],
    signal: AbortSignal,
  ): Promise<Prediction[]> {
    for await (const answer of this.#ask(nodeId, deploymentId, { kind: 'predict', rows }, signal))
      if (answer.type === 'inference.predicted') return answer.predictions;
    throw new AppError('inference.failed', 'The machine gave no answer.');
  }

  onInference(nodeId: string, message: WorkMessage): void {
    if (!('requestId' in message)) return;
    const pending = this.#pending.get(message.requestId);
    // An answer to a question that was withdrawn, or of a machine that was not asked.
    if (pending?.nodeId !== nodeId) return;
    pending.answers.push(message);
    if (message.type === 'inference.delta') pending.bufferedCharacters += message.text.length;
    pending.wake();
  }

  onOffline(nodeId: string): void {
    const message = 'The machine that answered was lost.';
    for (const [requestId, pending] of this.#pending)
      if (pending.nodeId === nodeId)
        this.onInference(nodeId, { type: 'inference.failed', requestId, code: 'inference.failed', message });
  }

  async *#ask(nodeId: string, deploymentId: string, request: InferenceRequest, signal: AbortSignal) {
    const requestId = randomUUID();
    const pending: Pending = { nodeId, answers: [], bufferedCharacters: 0, wake: () => undefined };
    this.#pending.set(requestId, pending);
    let isOver = false;
    try {
      if (!this.#links.send(nodeId, { type: 'inference.start', requestId, deploymentId, request }))
        throw new AppError('deployment.not_ready', 'The machine of this deployment is not connected.');
      for (let waitMs = this.#timings.firstTokenMs; ; waitMs = this.#timings.nextTokenMs) {
        if (pending.answers.length === 0) await waitForAnswer(pending, waitMs, signal);
        const answers = pending.answers.splice(0);
        pending.bufferedCharacters = 0;
        for (const answer of answers) {
          isOver = answer.type !== 'inference.delta';
          if (answer.type === 'inference.failed') throw asRefusal(answer);
          yield answer;
        }
      }
    } finally {
      this.#pending.delete(requestId);
      if (!isOver) this.#links.send(nodeId, { type: 'inference.abort', requestId });
    }
  }
}

function waitForAnswer(pending: Pending, waitMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = () => reject(new AppError('inference.failed', 'The machine took too long to answer.'));
  const aborted = () => reject(new AppError('request.aborted', 'The question was withdrawn.'));
  const timer = setTimeout(late, waitMs);
  pending.wake = () => {
    if (pending.bufferedCharacters > mostBuffered) aborted();
    resolve();
  };
  if (signal.aborted) aborted();
  signal.addEventListener('abort', aborted, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
  });
}

function asPiece(answer: Answer): Piece | undefined {
  if (answer.type === 'inference.delta') return { kind: 'text', text: answer.text };
  if (answer.type !== 'inference.end') return undefined;
  return { kind: 'end', finishReason: answer.finishReason, usage: answer.usage };
}

const passedOn = [
  'inference.context_exceeded',
  'inference.busy',
  'deployment.not_ready',
  'deployment.unsuited',
];

/** A node's refusal in our codes: what the asker can mend stays his, all else is a failure of ours. */
function asRefusal({ code, message }: Failed): AppError {
  if (code in errorStatus && passedOn.includes(code)) return new AppError(code as ErrorCode, message);
  if (code.startsWith('prediction.')) return new AppError('request.invalid', message, { code });
  return new AppError('inference.failed', message, { code });
}
