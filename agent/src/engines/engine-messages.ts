import { FinishReason, InferenceRequest, ModelInput, Prediction, Usage } from '@hearth/contract';
import { z } from 'zod';

const requestId = z.uuid();

/** Agent → engine process. */
export const EngineOrder = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('load'),
    engine: z.enum(['llama', 'onnx']),
    path: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    gpuFolder: z.string(),
  }),
  z.object({ type: z.literal('start'), requestId, request: InferenceRequest }),
  z.object({ type: z.literal('abort'), requestId }),
]);
export type EngineOrder = z.infer<typeof EngineOrder>;

/** Engine process → agent. */
export const EngineNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('loading'), progress: z.number().min(0).max(1) }),
  z.object({
    type: z.literal('ready'),
    facts: z.object({
      chats: z.boolean().optional(),
      contextLength: z.number().int().nullish(),
      inputs: z.array(ModelInput).nullish(),
      classes: z.array(z.string()).nullish(),
    }),
  }),
  /** The model cannot be loaded, and trying again would not help. */
  z.object({ type: z.literal('unusable'), message: z.string() }),
  z.object({ type: z.literal('delta'), requestId, text: z.string() }),
  z.object({ type: z.literal('end'), requestId, finishReason: FinishReason, usage: Usage }),
  z.object({ type: z.literal('predicted'), requestId, predictions: z.array(Prediction) }),
  z.object({ type: z.literal('failed'), requestId, code: z.string(), message: z.string() }),
]);
export type EngineNews = z.infer<typeof EngineNews>;
