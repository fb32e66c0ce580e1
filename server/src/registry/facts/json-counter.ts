import { Unreadable } from './facts.ts';

/** Deeper than anything that is data, and than what a parser takes lightly. */
const mostLevels = 1000;

/**
 * Counts the elements of a JSON text's array, or of the array under its `data` key, without building it: a file of
 * gigabytes takes no memory. Brackets and strings must balance; anything finer is left to whoever trains on it.
 */
export class JsonCounter {
  #stack: ('{' | '[')[] = [];
  #inString = false;
  #escaped = false;
  #string = '';
  #key = '';
  #counting = -1;
  #count = 0;
  #counted = false;
  #fresh = true;
  #started = false;
  #closed = false;
  #root: '{' | '[' | 'value' = 'value';

  push(text: string): void {
    for (const char of text) this.#take(char);
  }

  /** Elements of the array, or null where the text is no such array. */
  end(): number | null {
    if (!this.#started || this.#inString || this.#stack.length > 0)
      throw new Unreadable('The JSON text ends too early.');
    return this.#counting < 0 ? null : this.#count;
  }

  /** Whether the outermost value is an array or an object. */
  get isContainer(): boolean {
    return this.#root !== 'value';
  }

  #take(char: string): void {
    if (this.#inString) this.#inside(char);
    else if (!isBlank(char)) this.#outside(char);
  }

  #outside(char: string): void {
    if (this.#closed) throw new Unreadable('There is text after the end of the JSON value.');
    if (char === ']' || char === '}') {
      this.#close(char);
      return;
    }
    this.#element();
    if (char === '"') {
      this.#inString = true;
      this.#string = '';
    } else if (char === ':') this.#key = this.#string;
    else if (char === ',') this.#fresh = true;
    else if (char === '[' || char === '{') this.#open(char);
    this.#started = true;
  }

  #inside(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') {
      this.#inString = false;
      return;
    }
    if (this.#stack.length === 1 && this.#string.length < 5) this.#string += char;
  }

  #element(): void {
    if (this.#fresh && !this.#counted && this.#counting > 0 && this.#stack.length === this.#counting)
      this.#count += 1;
    this.#fresh = false;
  }

  #open(char: '{' | '['): void {
    if (!this.#started) this.#root = char;
    const isRoot = this.#stack.length === 0 && char === '[';
    const isData = this.#stack.length === 1 && this.#stack[0] === '{' && char === '[' && this.#key === 'data';
    if (this.#stack.length === mostLevels)
      throw new Unreadable(`The JSON text is nested deeper than ${mostLevels} levels.`);
    this.#stack.push(char);
    if ((isRoot || isData) && this.#counting < 0) this.#counting = this.#stack.length;
    this.#fresh = true;
  }

  #close(char: ']' | '}'): void {
    if (this.#stack.pop() !== (char === ']' ? '[' : '{'))
      throw new Unreadable('The brackets of the JSON text do not match.');
    if (this.#stack.length < this.#counting) this.#counted = true;
    this.#fresh = false;
    if (this.#stack.length === 0) this.#closed = true;
  }
}

const isBlank = (char: string) => char === ' ' || char === '\n' || char === '\r' || char === '\t';
