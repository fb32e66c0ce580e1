import type { LlamaModel, Token } from 'node-llama-cpp';

const replacement = '\uFFFD';
/** A character has at most four bytes, and a token at least one: later ones cannot complete it. */
const mostTokensACharacter = 4;

/** Turns tokens into text as they come; bytes of an unfinished character wait for the rest of it. */
export class TokenText {
  readonly #model: Pick<LlamaModel, 'detokenize'>;
  readonly #before: Token[];
  #waiting: Token[] = [];

  constructor(model: Pick<LlamaModel, 'detokenize'>, prompt: readonly Token[]) {
    this.#model = model;
    this.#before = prompt.slice(-8);
  }

  push(token: Token): string {
    this.#waiting.push(token);
    const text = this.#model.detokenize(this.#waiting, false, this.#before);
    if (text.endsWith(replacement) && this.#waiting.length < mostTokensACharacter) return '';
    return this.#take(text);
  }

  /** Bytes that never became a character. */
  end(): string {
    return this.#waiting.length === 0
      ? ''
      : this.#take(this.#model.detokenize(this.#waiting, false, this.#before));
  }

  #take(text: string): string {
    this.#before.push(...this.#waiting);
    this.#before.splice(0, this.#before.length - 8);
    this.#waiting = [];
    return text;
  }
}
