import { ProgramReport } from '@hearth/contract';
import { z } from 'zod';

const fields = ['metrics', 'params', 'progress', 'checkpoint', 'result', 'log', 'error'] as const;
const Ours = z.looseObject({}).refine((object) => fields.some((field) => field in object));

/** A line of a program's output: a report, one that is meant as such but cannot be read, or just a line. */
export type Line =
  | { kind: 'report'; report: ProgramReport }
  | { kind: 'unreadable'; problem: string }
  | { kind: 'text' };

export function parseLine(line: string): Line {
  const text = line.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return { kind: 'text' };
  const ours = Ours.safeParse(parseLoosely(text));
  if (!ours.success) return { kind: 'text' };
  const parsed = ProgramReport.safeParse(ours.data);
  return parsed.success
    ? { kind: 'report', report: parsed.data }
    : { kind: 'unreadable', problem: z.prettifyError(parsed.error) };
}

/** JSON, and what Python's json module writes for numbers that are none. */
function parseLoosely(text: string): unknown {
  for (const json of [text, text.replace(/([:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, '$1"$2"')]) {
    try {
      return JSON.parse(json);
    } catch {
      // The other form may be readable.
    }
  }
  return undefined;
}
