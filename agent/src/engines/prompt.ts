import type { ChatMessage } from '@hearth/contract';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import type { TextRequest } from './engine.ts';

export interface Prompt {
  tokens: Token[];
  /** Texts that end the model's turn, besides its own end tokens. */
  stops: string[];
}

/** The tokens a request begins with. Without a template a chat is a plain text to be continued. */
export function readPrompt(
  request: TextRequest,
  model: LlamaModel,
  template: ChatWrapper | undefined,
): Prompt {
  if (request.kind === 'chat' && template) return readChat(request.messages, model, template);
  const text = request.kind === 'chat' ? request.messages.map((m) => m.content).join('\n') : request.prompt;
  const tokens = model.tokenize(text, false, 'trimLeadingSpace');
  return { tokens: withBeginning(tokens, model), stops: [] };
}

function readChat(messages: readonly ChatMessage[], model: LlamaModel, template: ChatWrapper): Prompt {
  const chatHistory: ChatHistoryItem[] = messages.map(({ role, content }) => {
    if (role === 'user') return { type: 'user', text: content };
    if (role === 'assistant') return { type: 'model', response: [content] };
    return { type: 'system', text: content };
  });
  chatHistory.push({ type: 'model', response: [] });
  const { contextText, stopGenerationTriggers } = template.generateContextState({ chatHistory });
  const stops = stopGenerationTriggers.map((trigger) =>
    model.detokenize(trigger.tokenize(model.tokenizer), true).trim(),
  );
  return { tokens: withBeginning(contextText.tokenize(model.tokenizer), model), stops };
}

function withBeginning(tokens: Token[], model: LlamaModel): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const isMissing = shouldPrependBosToken && bos !== null && tokens[0] !== bos;
  const whole = isMissing ? [bos, ...tokens] : tokens;
  // Something must be evaluated to be continued, if only the mark of a beginning.
  return whole.length > 0
    ? whole
    : [bos ?? model.tokens.eos ?? model.tokenize(' ')[0]].filter((t) => t != null);
}
