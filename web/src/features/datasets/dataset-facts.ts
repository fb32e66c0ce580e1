/** Columns with their types, where the format has types. */
export const columnTexts = (columns: readonly string[], types: readonly string[]): string[] =>
  columns.map((name, i) => (types[i] ? `${name} (${types[i]})` : name));

/** The first `most` of a list in one line, and how many are left out. */
export function firstOf(items: readonly string[], most: number, andMore: (n: number) => string): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} ${andMore(items.length - most)}` : shown;
}
