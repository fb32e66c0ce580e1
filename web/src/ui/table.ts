/** A column of a table; `value` is what sorting and searching look at, and what is shown where no slot says otherwise. */
export interface Column<Row> {
  key: string;
  label: string;
  value?: (row: Row) => string | number | null | undefined;
  sortable?: boolean;
  align?: 'left' | 'right';
  /** Classes of its cells, such as `w-32` or `max-md:hidden`. */
  class?: string;
}
export interface Sorting {
  key: string;
  descending: boolean;
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  by: Sorting | undefined,
): readonly Row[] {
  const value = by && columns.find((column) => column.key === by.key)?.value;
  if (!by || !value) return rows;
  const sign = by.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return 0;
    // Unknown values stay last in both directions.
    if (x === null || x === undefined) return 1;
    if (y === null || y === undefined) return -1;
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
  });
}

export function searchRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  query: string,
): readonly Row[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = columns
      .map((column) => column.value?.(row) ?? '')
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
