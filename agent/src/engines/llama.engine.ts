import { randomInt } from 'node:crypto';
import type { Sampling } from '@hearth/contract';
import type { ChatWrapper, LlamaContext, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { type Engine, EngineError, type EngineModel, type TextEnd, type TextRequest } from './engine.ts';
import { Lanes } from './lanes.ts';
import { loadLlama } from './llama-library.ts';
import { readPrompt } from './prompt.ts';
import { TextGate } from './text-gate.ts';
import { TokenText } from './token-text.ts';

/** Texts that are generated side by side; further requests wait their turn. */
const sequences = 4;
/** Tokens a text may have, prompt and all, where the model and the memory allow it. */
const mostContext = 4096;

/** Loads a GGUF model; throws with a readable reason when the file or the memory does not allow it. */
export async function openLlama({ path, gpuFolder, onProgress }: EngineModel): Promise<Engine> {
  const { library, llama } = await loadLlama(gpuFolder);
  const model = await llama
    .loadModel({ modelPath: path, onLoadProgress: onProgress })
    .catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `llama.cpp cannot read this file: it is damaged, cut short, too large for the memory, or of a kind it does not know (${reason}).`,
        { cause },
      );
    });
  const contextSize = Math.min(model.trainContextSize, mostContext);
  const context = await model.createContext({
    sequences,
    contextSize: { min: Math.min(256, contextSize), max: contextSize },
  });
  const chats = typeof model.fileInfo.metadata.tokenizer.chat_template === 'string';
  const template = chats ? library.resolveChatWrapper(model, { warningLogs: false }) : undefined;
  const contextLength = Math.min(context.contextSize, model.trainContextSize);
  return new LlamaEngine({ model, context, template, contextLength });
}

interface Loaded {
  model: LlamaModel;
  context: LlamaContext;
  template: ChatWrapper | undefined;
  contextLength: number;
}

interface Generation {
  sequence: LlamaContextSequence;
  tokens: Token[];
  stops: string[];
  stopTokens: ReadonlySet<Token>;
  sampling: Sampling;
  signal: AbortSignal;
  onText: (text: string) => void;
}

class LlamaEngine implements Engine {
  readonly facts;
  readonly #loaded: Loaded;
  readonly #lanes: Lanes<LlamaContextSequence>;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    this.facts = { chats: loaded.template !== undefined, contextLength: loaded.contextLength };
    this.#lanes = new Lanes(Array.from({ length: sequences }, () => loaded.context.getSequence()));
  }

  async generate(
    request: TextRequest,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<TextEnd> {
    const { model, template, contextLength } = this.#loaded;
    const { tokens, stops, stopTokens } = readPrompt(request, model, template);
    if (tokens.length >= contextLength) {
      const message = `The text has ${tokens.length} tokens; with the answer at most ${contextLength} fit.`;
      throw new EngineError('inference.context_exceeded', message);
    }
    const { sampling } = request;
    const remembersMost = (free: readonly LlamaContextSequence[]) => mostShared(free, tokens);
    return this.#lanes.use(signal, remembersMost, (sequence) =>
      this.#continue({
        sequence,
        tokens,
        stops: [...stops, ...sampling.stop],
        stopTokens,
        sampling,
        signal,
        onText,
      }),
    );
  }

  async predict(): Promise<never> {
    throw new EngineError('deployment.unsuited', 'A language model does not predict rows.');
  }

  async close(): Promise<void> {
    await this.#loaded.context.dispose();
    await this.#loaded.model.dispose();
  }

  async #continue({
    sequence,
    tokens,
    stops,
    stopTokens,
    sampling,
    signal,
    onText,
  }: Generation): Promise<TextEnd> {
    const { model, contextLength } = this.#loaded;
    const most = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, contextLength - tokens.length);
    const text = new TokenText(model, tokens);
    const gate = new TextGate(stops);
    const show = (piece: string) => {
      if (piece !== '') onText(piece);
    };
    let generated = 0;
    let finishReason: TextEnd['finishReason'] = 'length';
    const last = await readIn(sequence, tokens, signal);
    for await (const token of sequence.evaluate([last], samplingOptions(sampling))) {
      signal.throwIfAborted();
      if (model.isEogToken(token) || stopTokens.has(token)) {
        finishReason = 'stop';
        break;
      }
      generated += 1;
      show(gate.push(text.push(token)));
      if (gate.isStopped || generated >= most) break;
    }
    show(gate.push(text.end()));
    if (gate.isStopped) finishReason = 'stop';
    else show(gate.end());
    const usage = {
      prompt_tokens: tokens.length,
      completion_tokens: generated,
      total_tokens: tokens.length + generated,
    };
    return { finishReason, usage };
  }
}

/** The sequence that has read the longest part of this text already. */
function mostShared(free: readonly LlamaContextSequence[], tokens: Token[]): number {
  const shared = free.map((sequence) => sequence.compareContextTokens(tokens).firstDifferentIndex);
  return shared.indexOf(Math.max(...shared));
}

/** Reads a prompt, but for what the sequence remembers of it and the last token, which is answered. */
async function readIn(sequence: LlamaContextSequence, tokens: Token[], signal: AbortSignal): Promise<Token> {
  const known = tokens.slice(0, -1);
  await sequence.adaptStateToTokens(known, false);
  const step = sequence.context.batchSize;
  while (sequence.nextTokenIndex < known.length) {
    signal.throwIfAborted();
    const start = sequence.nextTokenIndex;
    await sequence.evaluateWithoutGeneratingNewTokens(known.slice(start, start + step));
  }
  signal.throwIfAborted();
  return tokens.at(-1) as Token;
}

/** Unsaid values are llama.cpp's own defaults. */
function samplingOptions({ temperature, topP, seed }: Sampling) {
  return {
    temperature: temperature ?? 0.8,
    topP: topP ?? 0.95,
    minP: topP == null ? 0.05 : 0,
    topK: 40,
    // Without it the end of an answer and a full context would look the same.
    yieldEogToken: true,
    seed: seed == null ? randomInt(2 ** 32) : Math.abs(seed) % 2 ** 32,
  };
}
