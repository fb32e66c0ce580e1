const mostColumns = 200;
const longestCell = 500;

/** A value as a cell shows it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.slice(0, longestCell);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value !== 'object') return String(value);
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? String(item) : item,
  );
  return text.slice(0, longestCell);
}

/** Objects as a table whose columns are their keys; undefined where they are no objects. */
export function asTable(values: unknown[]): { columns: string[]; rows: string[][] } | undefined {
  const records = values.filter(
    (value): value is Record<string, unknown> =>
      typeof value === 'object' && value !== null && !Array.isArray(value),
  );
  if (records.length === 0 || records.length < values.length) return undefined;
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, mostColumns);
  const rows = records.map((record) =>
    columns.map((column) => (Object.hasOwn(record, column) ? shown(record[column]) : '')),
  );
  return { columns, rows };
}
