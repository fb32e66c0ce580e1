import type { JobEvent, JobLogLine, JobProgress } from '@hearth/contract';
import type { NumberedEvent } from './jobs.types.ts';
import type { Piece } from './retention.ts';

/**
 * What of a batch is new to someone who has applied everything up to `ackedSeq`: repeats are dropped by number, a gap
 * makes the whole batch wait for what is missing, and nothing comes after `finished`.
 */
export function newEvents(ackedSeq: number, firstSeq: number, events: readonly JobEvent[]): NumberedEvent[] {
  if (firstSeq > ackedSeq + 1) return [];
  const fresh = events
    .map((event, index) => ({ seq: firstSeq + index, event }))
    .slice(Math.max(0, ackedSeq + 1 - firstSeq));
  const end = fresh.findIndex(({ event }) => event.type === 'finished');
  return end < 0 ? fresh : fresh.slice(0, end + 1);
}

export interface Summary {
  startedAt: Date | undefined;
  progress: JobProgress | undefined;
  finished: Extract<JobEvent, { type: 'finished' }> | undefined;
  logs: JobLogLine[];
  pieces: Piece[];
}

/** What the events say of the job itself, whatever its kind. */
export function summarize(events: readonly NumberedEvent[]): Summary {
  const summary: Summary = {
    startedAt: undefined,
    progress: undefined,
    finished: undefined,
    logs: [],
    pieces: [],
  };
  for (const { seq, event } of events) {
    if (event.type === 'started') summary.startedAt ??= new Date(event.at);
    else if (event.type === 'progress') summary.progress = event.progress;
    else if (event.type === 'finished') summary.finished = event;
    else if (event.type === 'log')
      summary.logs.push({ seq, at: event.at, level: event.level, message: event.message });
    else if (event.type === 'output') summary.pieces.push(pieceOf(seq, event));
  }
  return summary;
}

function pieceOf(seq: number, event: Extract<JobEvent, { type: 'output' }>): Piece {
  const { at, stream, offset: place, skippedBytes = 0, text } = event;
  return { seq, at, stream, place, skippedBytes, sizeBytes: Buffer.byteLength(text), text };
}
