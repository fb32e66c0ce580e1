import { Unreadable } from './facts.ts';

/** Larger ones are no table but a file that lacks its line ends or a closing quote; they would fill the memory. */
const longestCell = 1_000_000;
const mostCells = 100_000;
const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/** Reads CSV (RFC 4180) piece by piece: quoted cells, doubled quotes, CRLF, and the separator the first line uses. */
export class CsvReader {
  #separator = '';
  #cell = '';
  #row: string[] = [];
  #rows = 0;
  #state: 'plain' | 'quoted' | 'quote-in-quoted' = 'plain';
  #pending = '';
  readonly #onRow: (row: string[]) => void;
  constructor(onRow: (row: string[]) => void) {
    this.#onRow = onRow;
  }

  /** Throws Unreadable at a cell of a million characters, or a row of a hundred thousand cells. */
  push(text: string): void {
    const piece = this.#pending + text;
    this.#pending = '';
    if (this.#separator === '') {
      const end = piece.search(/[\r\n]/);
      if (end < 0 && piece.length < longestCell) {
        this.#pending = piece;
        return;
      }
      this.#separator = separatorOf(end < 0 ? piece : piece.slice(0, end));
    }
    this.#read(piece);
  }

  end(): void {
    if (this.#separator === '') {
      this.#separator = separatorOf(this.#pending);
      this.#read(this.#pending);
    }
    if (this.#cell !== '' || this.#row.length > 0) this.#endRow();
  }

  #read(text: string): void {
    for (let at = 0; at < text.length; )
      at = this.#state === 'quoted' ? this.#inside(text, at) : this.#outside(text, at);
  }

  #inside(text: string, at: number): number {
    const end = text.indexOf('"', at);
    this.#grow(text.slice(at, end < 0 ? text.length : end));
    if (end < 0) return text.length;
    this.#state = 'quote-in-quoted';
    return end + 1;
  }

  #outside(text: string, at: number): number {
    const isDoubled = this.#state === 'quote-in-quoted' && text.charCodeAt(at) === quote;
    this.#state = isDoubled ? 'quoted' : 'plain';
    if (isDoubled) {
      this.#grow('"');
      return at + 1;
    }
    const end = this.#endOfPlain(text, at);
    if (end > at) this.#grow(text.slice(at, end));
    this.#special(text.charAt(end));
    return end + 1;
  }

  #endOfPlain(text: string, at: number): number {
    const separator = this.#separator.charCodeAt(0);
    for (let end = at; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === separator || code === lineFeed || code === carriageReturn || code === quote) return end;
    }
    return text.length;
  }

  #special(char: string): void {
    if (char === this.#separator) this.#endCell();
    else if (char === '\n') this.#endRow();
    else if (char === '"' && this.#cell === '') this.#state = 'quoted';
    else if (char === '"') this.#grow(char);
  }

  #grow(text: string): void {
    this.#cell += text;
    if (this.#cell.length > longestCell)
      throw new Unreadable(`A cell of row ${this.#rows + 1} is longer than ${longestCell} characters.`);
  }

  #endCell(): void {
    this.#row.push(this.#cell);
    this.#cell = '';
    if (this.#row.length > mostCells)
      throw new Unreadable(`Row ${this.#rows + 1} has more than ${mostCells} cells.`);
  }

  /** Blank lines are no rows. */
  #endRow(): void {
    this.#endCell();
    const row = this.#row;
    this.#row = [];
    if (row.length === 1 && row[0] === '') return;
    this.#rows += 1;
    this.#onRow(row);
  }
}

/** The most frequent of comma, semicolon and tab outside quotes. */
function separatorOf(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
