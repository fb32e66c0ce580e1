import type { ModelInput } from '@hearth/contract';

/** A row as the predict route takes it. */
export type Row = Record<string, string | number | null>;
/** What the form's fields hold. */
type RowDraft = Record<string, string | number | undefined>;

/** The form filled with the examples the model brings; a category without one begins with its first. */
export const exampleDraft = (inputs: readonly ModelInput[]): RowDraft =>
  Object.fromEntries(
    inputs.map(({ name, kind, categories, example }) => [
      name,
      example ?? (kind === 'category' ? categories?.[0] : undefined),
    ]),
  );

/** Empty fields become null: "unknown". */
export const rowOf = (inputs: readonly ModelInput[], draft: RowDraft): Row =>
  Object.fromEntries(inputs.map((input) => [input.name, cell(input, draft[input.name])]));

function cell({ kind }: ModelInput, value: string | number | undefined): string | number | null {
  if (value === undefined || value === '') return null;
  return kind === 'number' ? Number(value) : String(value);
}

export interface PastedRows {
  rows: Row[];
  /** Columns the model asks for that the table lacks. */
  missing: string[];
  /** Numbers that are none, as `row 3, width: "abc"`. */
  wrong: { row: number; column: string; value: string }[];
}

/** Rows of a pasted table whose first line names the columns. */
export function rowsOfTable(
  table: readonly (readonly string[])[],
  inputs: readonly ModelInput[],
): PastedRows {
  const [header = [], ...lines] = table;
  const names = header.map((name) => name.trim());
  const found: PastedRows = { rows: [], missing: [], wrong: [] };
  found.missing = inputs.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  lines.forEach((line, i) => {
    const draft = Object.fromEntries(names.map((name, at) => [name, line[at]?.trim()]));
    for (const { name, kind } of inputs) {
      const value = draft[name];
      if (kind === 'number' && value && Number.isNaN(Number(value)))
        found.wrong.push({ row: i + 1, column: name, value });
    }
    found.rows.push(rowOf(inputs, draft));
  });
  return found;
}
