export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
}

/** What a `$(…)` or backquotes leave in the word they stand in: nobody knows yet what comes of it. */
export const unknownPart = '\u0000';

interface Frame {
  opener: '' | '$(' | '`';
  quote: '' | '"' | "'";
  parentheses: number;
  words: string[];
  word: string | undefined;
}

const newFrame = (opener: Frame['opener']): Frame => ({
  opener,
  quote: '',
  parentheses: 0,
  words: [],
  word: undefined,
});

/** Reads a command line as a POSIX shell does, as far as finding its commands goes. */
class Reader {
  readonly commands: string[][] = [];
  #frames: Frame[] = [newFrame('')];

  get #top(): Frame {
    return this.#frames.at(-1)!;
  }

  read(line: string): void {
    for (let i = 0; i < line.length; i++) {
      const [c, next] = [line[i]!, line[i + 1]];
      if (this.#top.quote === "'") this.#inQuote(c);
      else if (c === '\\' && next !== undefined) {
        if (next !== '\n') this.#add(next);
        i++;
      } else if (c === '$' && next === '(') {
        this.#frames.push(newFrame('$('));
        i++;
      } else if (c === '`') this.#backquote();
      else if (this.#top.quote === '"') this.#inQuote(c);
      else this.#plain(c);
    }
    if (this.#frames.length > 1 || this.#top.quote !== '')
      throw new ShellSyntaxError('A quote or a substitution is left open');
    this.#endCommand();
  }

  #add(text: string): void {
    this.#top.word = (this.#top.word ?? '') + text;
  }

  #inQuote(c: string): void {
    if (c === this.#top.quote) this.#top.quote = '';
    else this.#add(c);
  }

  #backquote(): void {
    if (this.#top.opener === '`') this.#close();
    else this.#frames.push(newFrame('`'));
  }

  #plain(c: string): void {
    if (c === "'" || c === '"') {
      this.#top.quote = c;
      this.#add('');
    } else if (c === ')' && this.#top.opener === '$(' && this.#top.parentheses === 0) this.#close();
    else if (';|&\n()'.includes(c)) {
      if (c === '(') this.#top.parentheses++;
      if (c === ')') this.#top.parentheses--;
      this.#endCommand();
    } else if (c === '>' || c === '<') {
      this.#endWord();
      this.#top.words.push(c);
    } else if (/\s/.test(c)) this.#endWord();
    else this.#add(c);
  }

  #endWord(): void {
    if (this.#top.word !== undefined) this.#top.words.push(this.#top.word);
    this.#top.word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#top.words.length > 0) this.commands.push(this.#top.words);
    this.#top.words = [];
  }

  #close(): void {
    this.#endCommand();
    this.#frames.pop();
    this.#add(unknownPart);
  }
}

/**
 * The simple commands of a command line, each as its words without quotes and escapes. It is cut at
 * `; | & ( )` and line ends; the insides of `$(…)` and backquotes are commands too, also within double quotes.
 * `>` and `<` are words of their own. Nothing is expanded.
 * @throws ShellSyntaxError when a quote or a substitution is left open
 */
export function shellCommands(line: string): string[][] {
  const reader = new Reader();
  reader.read(line);
  return reader.commands;
}
