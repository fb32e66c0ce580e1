import type { ChatMessage, FinishReason, Sampling, Usage } from '@hearth/contract';

/** What a language model is asked. */
export type Question =
  | { kind: 'chat'; messages: ChatMessage[]; sampling: Sampling }
  | { kind: 'completion'; prompt: string; sampling: Sampling };

/** What it answers, piece by piece; the end comes once, last. Usage is unknown where a foreign server keeps it back. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'end'; finishReason: FinishReason; usage: Usage | undefined };

export type Generation = AsyncGenerator<Piece, void, undefined>;
