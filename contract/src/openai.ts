import { z } from 'zod';
import { route } from './route.ts';

/** OpenAI's chat and completion surface, as its official clients speak it; unknown fields are ignored. */
const ContentPart = z.object({ type: z.literal('text'), text: z.string() });
export const ChatMessage = z
  .object({
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: z
      .union([z.string(), z.array(ContentPart)])
      .transform((c) => (typeof c === 'string' ? c : c.map((p) => p.text).join(''))),
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.output<typeof ChatMessage>;

const sampling = {
  model: z.string().min(1).max(200),
  max_tokens: z.number().int().min(1).max(32768).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};
export const ChatCompletionRequest = z
  .object({
    ...sampling,
    messages: z.array(ChatMessage).min(1).max(1000),
    max_completion_tokens: z.number().int().min(1).max(32768).nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });
export type ChatCompletionRequest = z.output<typeof ChatCompletionRequest>;
export const CompletionRequest = z
  .object({ ...sampling, prompt: z.string().max(1_000_000) })
  .meta({ id: 'CompletionRequest' });
export type CompletionRequest = z.output<typeof CompletionRequest>;

export const Usage = z.object({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int(),
  total_tokens: z.number().int(),
});
export type Usage = z.infer<typeof Usage>;
export const FinishReason = z.enum(['stop', 'length']);
export type FinishReason = z.infer<typeof FinishReason>;

export const ChatCompletion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.number().int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      message: z.object({ role: z.literal('assistant'), content: z.string() }),
      finish_reason: FinishReason,
    }),
  ),
  /** Absent where an attached server keeps it back. */
  usage: Usage.nullish(),
});
export const ChatCompletionChunk = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.number().int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
      finish_reason: FinishReason.nullable(),
    }),
  ),
  usage: Usage.nullish(),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
export const Completion = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.number().int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      text: z.string(),
      finish_reason: FinishReason.nullable(),
      logprobs: z.null(),
    }),
  ),
  usage: Usage.nullish(),
});
export const OpenAiModel = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number().int(),
  owned_by: z.string(),
});

const tag = 'openai';
const errors = [
  'deployment.not_found',
  'deployment.not_ready',
  'deployment.unsuited',
  'inference.busy',
  'inference.failed',
  'inference.context_exceeded',
] as const;
export const openAiRoutes = {
  models: route({
    method: 'GET',
    path: '/v1/models',
    summary: 'Deployed language models',
    tag,
    family: 'openai',
    access: 'inference.use',
    response: z.object({ object: z.literal('list'), data: z.array(OpenAiModel) }),
  }),
  chat: route({
    method: 'POST',
    path: '/v1/chat/completions',
    summary: 'Chat; with `stream: true` a text/event-stream of chunks',
    tag,
    family: 'openai',
    access: 'inference.use',
    body: ChatCompletionRequest,
    response: ChatCompletion,
    errors,
  }),
  complete: route({
    method: 'POST',
    path: '/v1/completions',
    summary: 'Continue a text; with `stream: true` a text/event-stream of chunks',
    tag,
    family: 'openai',
    access: 'inference.use',
    body: CompletionRequest,
    response: Completion,
    errors,
  }),
};
