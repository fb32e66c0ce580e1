import {
  ApiError,
  type ChatCompletionRequest,
  type CompletionRequest,
  OpenAiErrorBody,
  openAiRoutes,
  Usage,
} from '@hearth/contract';
import { z } from 'zod';
import { readSse } from './sse.ts';

/** What to have written: the next reply of a conversation, or the continuation of a text. */
export type Writing =
  | { kind: 'chat'; body: Pick<ChatCompletionRequest, 'model' | 'messages' | 'temperature' | 'max_tokens'> }
  | { kind: 'continue'; body: Pick<CompletionRequest, 'model' | 'prompt' | 'temperature' | 'max_tokens'> };

export type WritingEvent =
  | { type: 'text'; text: string }
  | { type: 'end'; finishReason: string; usage: Usage | undefined };

/** Chunks of both kinds; looser than the contract, since attached servers speak here too. */
const Chunk = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().nullish() }).nullish(),
      text: z.string().nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: Usage.nullish(),
});

/**
 * Streams an answer piece by piece. Throws ApiError where it is refused, fails on the way, or breaks off before its
 * end; an abort by `signal` throws its AbortError.
 */
export async function* streamWriting(
  doFetch: typeof fetch,
  writing: Writing,
  signal: AbortSignal,
): AsyncGenerator<WritingEvent> {
  const route = writing.kind === 'chat' ? openAiRoutes.chat : openAiRoutes.complete;
  const response = await reach(doFetch, route.path, writing.body, signal);
  if (!response.ok || !response.body) throw refusal(response.status, await response.text());
  let finishReason: string | undefined;
  let usage: Usage | undefined;
  for await (const { data } of safely(response.body, signal)) {
    if (data === '[DONE]') break;
    const json = parseJson(data);
    const failed = OpenAiErrorBody.safeParse(json);
    if (failed.success) throw refusal(502, data);
    const chunk = Chunk.parse(json);
    usage = chunk.usage ?? usage;
    const [choice] = chunk.choices;
    const text = choice?.delta?.content ?? choice?.text;
    if (text) yield { type: 'text', text };
    finishReason = choice?.finish_reason ?? finishReason;
  }
  if (finishReason === undefined) throw cutOff();
  yield { type: 'end', finishReason, usage };
}

async function reach(
  doFetch: typeof fetch,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await doFetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
      credentials: 'same-origin',
      signal,
    });
  } catch (cause) {
    if (signal.aborted || cause instanceof ApiError) throw cause;
    throw new ApiError(0, 'network', 'The server could not be reached.');
  }
}

async function* safely(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  try {
    yield* readSse(body);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw cutOff();
  }
}

const cutOff = (): ApiError => new ApiError(0, 'playground.cut', 'The answer broke off.');

function refusal(status: number, text: string): ApiError {
  const body = OpenAiErrorBody.safeParse(parseJson(text));
  if (!body.success) return new ApiError(status, 'unknown', `The server answered ${status}.`);
  return new ApiError(status, body.data.error.code ?? 'unknown', body.data.error.message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
