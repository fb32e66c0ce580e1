import { JobEvent } from '@hearth/contract';

/** Of a log message, in UTF-16 code units: what the contract allows. */
export const longestMessage = 20_000;

/** One event as one line; a log message longer than the contract allows is cut. */
export function journalLine(event: JobEvent): string {
  if (event.type !== 'log' || event.message.length <= longestMessage) return `${JSON.stringify(event)}\n`;
  return `${JSON.stringify({ ...event, message: event.message.slice(0, longestMessage).toWellFormed() })}\n`;
}

/**
 * Reads a line. One that cannot be read (a disk that lied about a write) still holds its place in the
 * sequence, as a log line that says so: dropping it would renumber all that follow.
 */
export function parseJournalLine(line: string): JobEvent {
  try {
    return JobEvent.parse(JSON.parse(line));
  } catch {
    const message = 'One line of this job’s journal could not be read.';
    return { type: 'log', at: new Date(0).toISOString(), level: 'ERROR', message };
  }
}
