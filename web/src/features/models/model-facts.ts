export interface Fact {
  key: string;
  text: string;
}
const mostItems = 12;
const mostCharacters = 300;

/** Metadata of any shape as lines to read: nested objects by dotted keys, long lists and texts cut. */
export function factsOf(
  metadata: Record<string, unknown>,
  formatNumber: (value: number) => string,
  prefix = '',
): Fact[] {
  return Object.entries(metadata).flatMap(([name, value]) => {
    const key = prefix + name;
    if (value === null || value === undefined || value === '') return [];
    if (Array.isArray(value)) return value.length === 0 ? [] : [{ key, text: listText(value, formatNumber) }];
    if (typeof value === 'object') return factsOf({ ...value }, formatNumber, `${key}.`);
    return [{ key, text: cut(typeof value === 'number' ? formatNumber(value) : String(value)) }];
  });
}

function listText(items: readonly unknown[], formatNumber: (value: number) => string): string {
  const shown = items.slice(0, mostItems).map((item) => itemText(item, formatNumber));
  return cut(shown.join(', ') + (items.length > mostItems ? `, … (${items.length})` : ''));
}

function itemText(item: unknown, formatNumber: (value: number) => string): string {
  if (typeof item === 'number') return formatNumber(item);
  if (typeof item !== 'object' || item === null) return String(item);
  const named = item as { name?: unknown; column?: unknown };
  return String(named.name ?? named.column ?? JSON.stringify(item));
}

const cut = (text: string): string =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
