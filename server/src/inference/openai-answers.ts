import type {
  ChatCompletionRequest,
  CompletionRequest,
  FinishReason,
  Sampling,
  Usage,
} from '@hearth/contract';

type Kind = 'chat' | 'completion';
export interface Head {
  id: string;
  created: number;
  model: string;
}

/** Builds OpenAI's answers of one request; id and time stay the same throughout. */
export class OpenAiAnswers {
  readonly #kind: Kind;
  readonly #head: Head;
  constructor(kind: Kind, head: Head) {
    this.#kind = kind;
    this.#head = head;
  }

  /** The first chunk of a chat says who speaks; a completion has none. */
  opening(): object[] {
    return this.#kind === 'chat' ? [this.#chunk({ role: 'assistant', content: '' }, null)] : [];
  }

  delta(text: string): object {
    return this.#kind === 'chat' ? this.#chunk({ content: text }, null) : this.#textChunk(text, null);
  }

  end(reason: FinishReason): object {
    return this.#kind === 'chat' ? this.#chunk({}, reason) : this.#textChunk('', reason);
  }

  usage(usage: Usage): object {
    return { ...this.#base('chunk'), choices: [], usage };
  }

  whole(text: string, reason: FinishReason, usage: Usage | undefined): object {
    const choice =
      this.#kind === 'chat'
        ? { index: 0, message: { role: 'assistant', content: text }, finish_reason: reason }
        : { index: 0, text, finish_reason: reason, logprobs: null };
    return { ...this.#base('whole'), choices: [choice], ...(usage ? { usage } : {}) };
  }

  #chunk(delta: object, reason: FinishReason | null): object {
    return { ...this.#base('chunk'), choices: [{ index: 0, delta, finish_reason: reason }] };
  }

  #textChunk(text: string, reason: FinishReason | null): object {
    return { ...this.#base('chunk'), choices: [{ index: 0, text, finish_reason: reason, logprobs: null }] };
  }

  #base(form: 'chunk' | 'whole'): object {
    const chat = form === 'chunk' ? 'chat.completion.chunk' : 'chat.completion';
    const { id, created, model } = this.#head;
    return { id, object: this.#kind === 'chat' ? chat : 'text_completion', created, model };
  }
}

/** OpenAI's names for what an engine is asked. */
export function samplingOf(body: ChatCompletionRequest | CompletionRequest): Sampling {
  const most = 'max_completion_tokens' in body ? body.max_completion_tokens : undefined;
  const { stop } = body;
  return {
    maxTokens: most ?? body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    seed: body.seed ?? null,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  };
}
