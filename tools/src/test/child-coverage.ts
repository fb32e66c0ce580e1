/**
 * Lines that run only in processes a test starts (an agent, its jobs and engines) are seen by V8 there, not by the
 * test runner. Node writes what they ran into a folder (NODE_V8_COVERAGE); since types are stripped in place, its
 * offsets are those of the source.
 */
interface V8Range {
  startOffset: number;
  endOffset: number;
  count: number;
}
export interface V8Script {
  url: string;
  functions: { ranges: V8Range[] }[];
}
/** The part of Istanbul's `coverage-final.json` that is read here, per absolute path. */
export interface IstanbulFile {
  statementMap: Record<string, { start: { line: number; column: number } }>;
  s: Record<string, number>;
}

/** How often V8 ran the code at an offset: the count of the innermost range around it; 0 where none is. */
export function countAt(script: V8Script, offset: number): number {
  let best: V8Range | undefined;
  for (const { ranges } of script.functions) {
    for (const range of ranges) {
      const isAround = range.startOffset <= offset && offset < range.endOffset;
      if (isAround && (!best || range.endOffset - range.startOffset <= best.endOffset - best.startOffset))
        best = range;
    }
  }
  return best?.count ?? 0;
}

/** Lines of a file that hold statements, and how many of them ran here or in any of the other processes. */
export function lineShare(
  file: IstanbulFile,
  source: string,
  elsewhere: V8Script[],
): { total: number; covered: number } {
  const starts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  const lines = new Map<number, boolean>();
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    const offset = starts[start.line - 1]! + start.column;
    const ran = file.s[id]! > 0 || elsewhere.some((script) => countAt(script, offset) > 0);
    lines.set(start.line, (lines.get(start.line) ?? false) || ran);
  }
  return { total: lines.size, covered: [...lines.values()].filter(Boolean).length };
}
