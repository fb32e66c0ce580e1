import type { TrainingLog } from '@hearth/contract';
import { block } from '../telegram/html.ts';
import { clip, MESSAGE_LIMIT } from '../telegram/split-text.ts';

/** A traceback on one line would push everything else out. */
const LONGEST_LINE = 600;
const HEAD_ROOM = 120;

const oneLine = ({ timestamp, level, message }: TrainingLog): string =>
  clip(`${timestamp.slice(11, 19)} ${level === 'INFO' ? '' : `${level} `}${message}`, LONGEST_LINE);

/** The newest lines that fit into one message, oldest first (HTML). */
export function logText(sessionId: string, lines: TrainingLog[]): string {
  if (lines.length === 0) return `${sessionId}: в журнале пока пусто.`;
  const shown: string[] = [];
  let left = MESSAGE_LIMIT - HEAD_ROOM;
  for (const line of lines.toReversed().map(oneLine)) {
    if (line.length + 1 > left) break;
    left -= line.length + 1;
    shown.unshift(line);
  }
  return `📜 ${sessionId}, последние строки (${shown.length}), время UTC\n${block(shown.join('\n'))}`;
}
