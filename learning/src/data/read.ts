/** From a file's bytes to a table or a text. */
import { LearningError } from '../errors.ts';
import { parseDelimited } from './delimited.ts';
import { parseJson, parseJsonLines } from './json-table.ts';
import type { Table } from './table.ts';

/** Formats that can be learned from. */
export const dataFormats = ['csv', 'json', 'jsonl', 'text'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** Decodes UTF-8; throws LearningError dataset.unreadable for anything else. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LearningError('dataset.unreadable', 'The file is not UTF-8 text.', { cause });
  }
}

const parsers: Partial<Record<string, (text: string) => Table>> = {
  csv: parseDelimited,
  json: parseJson,
  jsonl: parseJsonLines,
};

/** Parses a tabular format; throws LearningError dataset.format_unsupported for any other. */
export function readTable(text: string, format: string): Table {
  const parser = parsers[format];
  if (!parser) {
    throw new LearningError(
      'dataset.format_unsupported',
      `A table cannot be read from the format "${format}".`,
    );
  }
  return parser(text);
}
