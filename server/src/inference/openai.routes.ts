import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ChatCompletionRequest,
  type CompletionRequest,
  type FinishReason,
  routes,
  type Usage,
} from '@hearth/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AppError, envelope } from '../platform/errors.ts';
import { asAppError } from '../platform/failures.ts';
import { handle } from '../platform/http.ts';
import { asEvent, lastEvent } from './event-stream.ts';
import type { Generation, Piece } from './generation.ts';
import type { InferenceService } from './inference.service.ts';
import { OpenAiAnswers, samplingOf } from './openai-answers.ts';

type Body = ChatCompletionRequest | CompletionRequest;

export function openAiRoutes(app: FastifyInstance, inference: InferenceService): void {
  handle(app, routes.openAi.models, async () => ({
    object: 'list' as const,
    data: (await inference.models()).map(({ id, createdAt }) => ({
      id,
      object: 'model' as const,
      created: seconds(createdAt),
      owned_by: 'hearth',
    })),
  }));
  handle(app, routes.openAi.chat, ({ body, reply }) => {
    const question = { kind: 'chat' as const, messages: body.messages, sampling: samplingOf(body) };
    return answer(
      reply,
      body,
      answersOf('chat', body),
      inference.generate(body.model, question, gone(reply)),
    );
  });
  handle(app, routes.openAi.complete, ({ body, reply }) => {
    const question = { kind: 'completion' as const, prompt: body.prompt, sampling: samplingOf(body) };
    return answer(
      reply,
      body,
      answersOf('completion', body),
      inference.generate(body.model, question, gone(reply)),
    );
  });
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

function answersOf(kind: 'chat' | 'completion', { model }: Body): OpenAiAnswers {
  const id = `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${randomBytes(12).toString('hex')}`;
  return new OpenAiAnswers(kind, { id, created: seconds(new Date()), model });
}

/** Aborted when the asker has gone. */
function gone(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => abort.abort());
  return abort.signal;
}

/** The first piece is awaited before anything is sent, so that a refusal still has a status of its own. */
async function answer(reply: FastifyReply, body: Body, answers: OpenAiAnswers, generation: Generation) {
  // Also where nobody reads on: an asker may go between the first piece and the second.
  reply.raw.once('close', () => void generation.return().catch(() => undefined));
  const first = await generation.next();
  if (!body.stream) return reply.send(await collect(answers, first, generation));
  return reply
    .headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    .send(
      Readable.from(
        events(reply, answers, pieces(first, generation), body.stream_options?.include_usage ?? false),
      ),
    );
}

async function* pieces(first: IteratorResult<Piece, void>, rest: Generation): AsyncGenerator<Piece> {
  if (!first.done) yield first.value;
  yield* rest;
}

async function collect(answers: OpenAiAnswers, first: IteratorResult<Piece, void>, rest: Generation) {
  const texts: string[] = [];
  let end: { finishReason: FinishReason; usage: Usage | undefined } | undefined;
  for await (const piece of pieces(first, rest)) {
    if (piece.kind === 'text') texts.push(piece.text);
    else end = piece;
  }
  if (!end) throw new AppError('inference.failed', 'The answer broke off.');
  return answers.whole(texts.join(''), end.finishReason, end.usage);
}

/** What goes wrong from here on can only be told inside the stream. */
async function* events(
  { server, request }: FastifyReply,
  answers: OpenAiAnswers,
  given: AsyncIterable<Piece>,
  withUsage: boolean,
): AsyncGenerator<string> {
  try {
    for (const chunk of answers.opening()) yield asEvent(chunk);
    for await (const piece of given) {
      if (piece.kind === 'text') yield asEvent(answers.delta(piece.text));
      else {
        yield asEvent(answers.end(piece.finishReason));
        if (withUsage && piece.usage) yield asEvent(answers.usage(piece.usage));
      }
    }
    yield lastEvent;
  } catch (error) {
    const refusal = asAppError(error);
    server.records.failed(request, refusal, error);
    yield asEvent(envelope(refusal, 'openai'));
  }
}
