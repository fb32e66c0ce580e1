/** Text as characters: a vocabulary and a contiguous split. */
import { LearningError } from '../errors.ts';

/** Distinct characters that get a token of their own; rarer ones are unknown. */
const mostCharacters = 2048;
/** Reserved: llama.cpp writes a space as this character, so the two could not be told apart. */
const spaceMark = '\u2581';

/** A character (Unicode code point) vocabulary: token 0 is unknown, token i > 0 is `characters[i − 1]`. */
export interface Vocabulary {
  readonly characters: readonly string[];
}

/** Number of tokens, the unknown one included. */
export const vocabularySize = ({ characters }: Vocabulary): number => characters.length + 1;

/** The characters of a text by frequency (then code point), at most 2048; lone surrogates stay unknown. */
export function buildVocabulary(text: string): Vocabulary {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const usable = [...counts].filter(([it]) => it !== spaceMark && it !== '\0' && it.isWellFormed());
  usable.sort((a, b) => b[1] - a[1] || a[0].codePointAt(0)! - b[0].codePointAt(0)!);
  return { characters: usable.slice(0, mostCharacters).map(([it]) => it) };
}

/** Token ids of a text, one a character. */
export function encodeText(text: string, { characters }: Vocabulary): Int32Array {
  const ids = new Map(characters.map((it, index) => [it, index + 1]));
  return Int32Array.from(Array.from(text), (it) => ids.get(it) ?? 0);
}

/** The text of token ids; unknown tokens become U+FFFD. */
export function decodeText(ids: Iterable<number>, { characters }: Vocabulary): string {
  return Array.from(ids, (id) => characters[id - 1] ?? '\uFFFD').join('');
}

export interface TextDataset {
  readonly vocabulary: Vocabulary;
  /** Token ids, in order. */
  readonly training: Int32Array;
  /** The tail of the text, after the training part. */
  readonly validation: Int32Array;
}

/**
 * Splits a text: its tail is held out (validationFraction of the characters, default 0.2), the vocabulary is learned
 * from the rest. Throws LearningError dataset.too_short when the rest has no full window of context + 1 characters.
 */
export function prepareText(text: string, context: number, validationFraction = 0.2): TextDataset {
  const characters = Array.from(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const end = characters.length - Math.max(1, Math.round(characters.length * validationFraction));
  if (end < context + 1) {
    const needed = Math.ceil((context + 2) / (1 - validationFraction));
    const message = `The text has ${characters.length} characters; at least ${needed} are needed.`;
    throw new LearningError('dataset.too_short', message);
  }
  const head = characters.slice(0, end).join('');
  const vocabulary = buildVocabulary(head);
  const tail = characters.slice(end).join('');
  return { vocabulary, training: encodeText(head, vocabulary), validation: encodeText(tail, vocabulary) };
}
