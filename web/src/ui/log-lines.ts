import type { LogLevel } from '@hearth/contract';

export interface LogLine {
  timestamp: string;
  level: LogLevel;
  message: string;
}

/** Lines of at least `level` that contain `query`, the newest `cap` of them. */
export function visibleLines(
  lines: readonly LogLine[],
  { level, query, cap }: { level: LogLevel; query: string; cap: number },
): readonly LogLine[] {
  const order: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
  const least = order.indexOf(level);
  const wanted = query.trim().toLowerCase();
  const found = lines.filter(
    (line) => order.indexOf(line.level) >= least && (!wanted || line.message.toLowerCase().includes(wanted)),
  );
  return found.slice(-cap);
}
