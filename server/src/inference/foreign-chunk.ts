import { Usage } from '@hearth/contract';
import { z } from 'zod';
import type { Piece } from './generation.ts';

const Choice = z.object({
  delta: z.object({ content: z.string().nullish() }).nullish(),
  message: z.object({ content: z.string().nullish() }).nullish(),
  text: z.string().nullish(),
  finish_reason: z.string().nullish(),
});
/** Other servers' chunks and whole answers, read with patience: choices and usage may be missing or null. */
const Chunk = z.object({
  choices: z.array(Choice).nullish(),
  usage: Usage.nullish().catch(undefined),
  error: z.union([z.object({ message: z.string() }), z.string()]).nullish(),
});

export class ForeignFailure extends Error {}

interface ChunkReading {
  text: string;
  finishReason: 'stop' | 'length' | undefined;
  usage: Usage | undefined;
}

/** Throws ForeignFailure where the chunk tells of an error or is no chunk. */
function readChunk(json: string): ChunkReading {
  const parsed = Chunk.safeParse(parse(json));
  if (!parsed.success) throw new ForeignFailure('The attached server sent something that is no answer.');
  const { choices, usage, error } = parsed.data;
  if (error) throw new ForeignFailure(typeof error === 'string' ? error : error.message);
  const choice = choices?.[0];
  const reason = choice?.finish_reason;
  return {
    text: choice?.delta?.content ?? choice?.message?.content ?? choice?.text ?? '',
    finishReason: reason ? (reason === 'length' ? 'length' : 'stop') : undefined,
    usage: usage ?? undefined,
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Turns a foreign server's events into pieces; one that ends without saying so was cut off. */
export async function* asPieces(events: AsyncIterable<string>): AsyncGenerator<Piece, void, undefined> {
  let finishReason: 'stop' | 'length' | undefined;
  let usage: Usage | undefined;
  let isDone = false;
  for await (const data of events) {
    if (data === '[DONE]') {
      isDone = true;
      break;
    }
    const reading = readChunk(data);
    finishReason = reading.finishReason ?? finishReason;
    usage = reading.usage ?? usage;
    if (reading.text !== '') yield { kind: 'text', text: reading.text };
  }
  if (!isDone && !finishReason) throw new ForeignFailure('The attached server broke off its answer.');
  yield { kind: 'end', finishReason: finishReason ?? 'stop', usage };
}
