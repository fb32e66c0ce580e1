/** The exported vocabulary: what llama.cpp's SentencePiece tokenizer needs to spell any UTF-8 text by characters. */
import type { Vocabulary } from '../data/text.ts';

/** Token kinds of GGUF's tokenizer.ggml.token_type. */
const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

export interface ExportedToken {
  readonly text: string;
  readonly kind: number;
  /** The trained token whose weights it has: 0, the unknown one, for all that training never saw. */
  readonly trained: number;
}

/** Exported tokens that share the unknown token's weights: <unk>, <s>, </s> and 256 bytes. */
export const unknownCopies = 3 + 256;

const byteName = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/**
 * <unk>, <s>, </s>, the 256 bytes, then the characters. A space is written as U+2581, as SentencePiece does; every
 * other character is its own text, and whatever is missing falls back to bytes.
 */
export function exportedTokens({ characters }: Vocabulary): ExportedToken[] {
  return [
    { text: '<unk>', kind: kinds.unknown, trained: 0 },
    { text: '<s>', kind: kinds.control, trained: 0 },
    { text: '</s>', kind: kinds.control, trained: 0 },
    ...Array.from({ length: 256 }, (_, byte) => ({ text: byteName(byte), kind: kinds.byte, trained: 0 })),
    ...characters.map((it, index) => ({
      text: it === ' ' ? '\u2581' : it,
      kind: kinds.normal,
      trained: index + 1,
    })),
  ];
}
