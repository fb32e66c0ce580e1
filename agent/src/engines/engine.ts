import type { DeploymentReport, FinishReason, InferenceRequest, Prediction, Usage } from '@hearth/contract';

export type TextRequest = Exclude<InferenceRequest, { kind: 'predict' }>;
export type PredictRequest = Extract<InferenceRequest, { kind: 'predict' }>;

/** What a loaded model offers, as the deployment reports it. */
export type EngineFacts = Pick<DeploymentReport, 'chats' | 'contextLength' | 'inputs' | 'classes'>;

export interface TextEnd {
  finishReason: FinishReason;
  usage: Usage;
}

/** One loaded model. An engine answers the requests of its sort and refuses the other with an EngineError. */
export interface Engine {
  facts: EngineFacts;
  /** Continues a text or a chat; `onText` receives whole characters only. */
  generate(request: TextRequest, signal: AbortSignal, onText: (text: string) => void): Promise<TextEnd>;
  predict(rows: PredictRequest['rows']): Promise<Prediction[]>;
  close(): Promise<void>;
}

/** A refusal with a code the server knows: of the contract, or what learning calls a bad row (`prediction.…`). */
export class EngineError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
  }
}

export interface EngineModel {
  /** Path of the model's file. */
  path: string;
  metadata: Record<string, unknown>;
  /** Folder with a GPU build of the engine, if there may be one. */
  gpuFolder: string;
  onProgress: (fraction: number) => void;
}
