/** Reads CSV (RFC 4180) piece by piece: quoted cells, doubled quotes, CRLF, and the separator the first line uses. */
export class CsvReader {
  #separator = '';
  #cell = '';
  #row: string[] = [];
  #state: 'plain' | 'quoted' | 'quote-in-quoted' = 'plain';
  #pending = '';
  readonly #onRow: (row: string[]) => void;
  constructor(onRow: (row: string[]) => void) {
    this.#onRow = onRow;
  }

  push(text: string): void {
    const piece = this.#pending + text;
    this.#pending = '';
    if (this.#separator === '') {
      const end = piece.search(/[\r\n]/);
      if (end < 0 && piece.length < 1_000_000) {
        this.#pending = piece;
        return;
      }
      this.#separator = separatorOf(end < 0 ? piece : piece.slice(0, end));
    }
    for (const char of piece) this.#take(char);
  }

  end(): void {
    if (this.#separator === '') {
      this.#separator = separatorOf(this.#pending);
      for (const char of this.#pending) this.#take(char);
    }
    if (this.#cell !== '' || this.#row.length > 0) this.#endRow();
  }

  #take(char: string): void {
    if (this.#state === 'quoted') {
      if (char === '"') this.#state = 'quote-in-quoted';
      else this.#cell += char;
      return;
    }
    if (this.#state === 'quote-in-quoted') {
      this.#state = char === '"' ? 'quoted' : 'plain';
      if (char === '"') {
        this.#cell += char;
        return;
      }
    }
    if (char === '"' && this.#cell === '') this.#state = 'quoted';
    else if (char === this.#separator) this.#endCell();
    else if (char === '\n') this.#endRow();
    else if (char !== '\r') this.#cell += char;
  }

  #endCell(): void {
    this.#row.push(this.#cell);
    this.#cell = '';
  }

  /** Blank lines are no rows. */
  #endRow(): void {
    this.#endCell();
    if (this.#row.length > 1 || this.#row[0] !== '') this.#onRow(this.#row);
    this.#row = [];
  }
}

/** The most frequent of comma, semicolon and tab outside quotes. */
function separatorOf(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
