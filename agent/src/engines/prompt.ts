import type { ChatMessage } from '@hearth/contract';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, LlamaText, Token } from 'node-llama-cpp';
import type { TextRequest } from './engine.ts';

export interface Prompt {
  tokens: Token[];
  /** Texts, and tokens that have no text, that end the model's turn besides its own end tokens. */
  stops: string[];
  stopTokens: ReadonlySet<Token>;
}

/** The tokens a request begins with. Without a template a chat is a plain text to be continued. */
export function readPrompt(
  request: TextRequest,
  model: LlamaModel,
  template: ChatWrapper | undefined,
): Prompt {
  if (request.kind === 'chat' && template) return readChat(request.messages, model, template);
  const text = request.kind === 'chat' ? request.messages.map((m) => m.content).join('\n') : request.prompt;
  return { tokens: withBeginning(model.tokenize(text), model), stops: [], stopTokens: new Set() };
}

function readChat(messages: readonly ChatMessage[], model: LlamaModel, template: ChatWrapper): Prompt {
  const chatHistory: ChatHistoryItem[] = messages.map(({ role, content }) => {
    if (role === 'user') return { type: 'user', text: content };
    if (role === 'assistant') return { type: 'model', response: [content] };
    return { type: 'system', text: content };
  });
  chatHistory.push({ type: 'model', response: [] });
  const { contextText, stopGenerationTriggers } = template.generateContextState({ chatHistory });
  const marks = stopGenerationTriggers.map((mark) => ({ mark, tokens: mark.tokenize(model.tokenizer) }));
  const isToken = ({ mark, tokens }: (typeof marks)[number]) => tokens.length === 1 && !isPlain(mark);
  return {
    tokens: withBeginning(contextText.tokenize(model.tokenizer), model),
    stops: marks.filter((one) => !isToken(one) && !namesToken(one.mark)).map(({ mark }) => mark.toString()),
    stopTokens: new Set(marks.filter(isToken).flatMap(({ tokens }) => tokens)),
  };
}

/** Made of text only: the model may write it with any tokens. */
const isPlain = (mark: LlamaText) => mark.values.every((value) => typeof value === 'string');
/** Holds a token by its role ("EOS"), whose name must not be looked for in the text. */
const namesToken = (mark: LlamaText) => JSON.stringify(mark.toJSON()).includes('"type":"specialToken"');

function withBeginning(tokens: Token[], model: LlamaModel): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const isMissing = shouldPrependBosToken && bos !== null && tokens[0] !== bos;
  const whole = isMissing ? [bos, ...tokens] : tokens;
  // Something must be evaluated to be continued, if only the mark of a beginning.
  return whole.length > 0
    ? whole
    : [bos ?? model.tokens.eos ?? model.tokenize(' ')[0]].filter((t) => t != null);
}
