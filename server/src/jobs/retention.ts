import type { JobLogLine, JobOutput, OutputStream } from '@hearth/contract';

/** What is stored of one journal's log or of one stream: its beginning, and of the rest the end. */
export interface Share {
  /** Bytes or lines of the beginning, and the number of its last event. */
  head: number;
  headSeq: number;
  /** Bytes or lines after it. */
  tail: number;
  /** Bytes or lines let go between the two. */
  cut: number;
}
type Channel = OutputStream | 'log';
export type Kept = Partial<Record<Channel, Share>>;
export const mostLogLines = 20_000;

export interface Piece {
  seq: number;
  at: string;
  stream: OutputStream;
  place: number;
  skippedBytes: number;
  sizeBytes: number;
  text: string;
}

/** What is left of a limit for the beginning; the other half is the end's. */
const half = (limit: number) => Math.ceil(limit / 2);
/** The end may grow by so much before it is trimmed, so that trimming is rare. */
const slack = 1.25;

/** Counts further items in: into the beginning as long as that is not full, from then on into the end. */
export function keep(
  share: Share | undefined,
  items: readonly { seq: number; size: number }[],
  limit: number,
): Share {
  const next = { ...(share ?? { head: 0, headSeq: 0, tail: 0, cut: 0 }) };
  for (const { seq, size } of items) {
    const isHead = next.tail === 0 && next.cut === 0 && next.head + size <= half(limit);
    if (isHead) Object.assign(next, { head: next.head + size, headSeq: seq });
    else next.tail += size;
  }
  return next;
}

/** How much the end may hold, once it has to be trimmed; undefined while it need not be. */
export const trimTo = ({ tail }: Share, limit: number): number | undefined =>
  tail > half(limit) * slack ? half(limit) : undefined;

/** Pieces that follow each other without a gap, as one: a chatty program makes few rows. */
export function merged(pieces: readonly Piece[], limit: number): Piece[] {
  const mostBytes = Math.min(64 * 1024, limit / 16);
  const last = new Map<OutputStream, Piece>();
  const result: Piece[] = [];
  for (const piece of pieces) {
    const before = last.get(piece.stream);
    const follows =
      before &&
      piece.skippedBytes === 0 &&
      piece.place === before.place + before.sizeBytes &&
      before.sizeBytes + piece.sizeBytes <= mostBytes;
    if (follows) {
      before.text += piece.text;
      before.sizeBytes += piece.sizeBytes;
    } else {
      const own = { ...piece };
      last.set(piece.stream, own);
      result.push(own);
    }
  }
  return result;
}

/** The line that stands where output was cut. */
const cutMark = (bytes: number): string => `\n[… ${bytes} bytes are left out here …]\n`;

/** A stream as text. */
export const asText = (pieces: readonly Pick<Piece, 'skippedBytes' | 'text'>[]): string =>
  pieces.map(({ skippedBytes, text }) => (skippedBytes > 0 ? cutMark(skippedBytes) : '') + text).join('');

/** The line that stands where log lines were cut. */
export const cutLine = (lines: number): Pick<JobLogLine, 'level' | 'message'> => ({
  level: 'WARNING',
  message: `… ${lines} lines are left out here …`,
});

/** A piece as people are told of it. */
export const asOutput = ({ seq, at, stream, place, skippedBytes, text }: Piece): JobOutput => ({
  seq,
  at,
  stream,
  offset: place,
  skipped_bytes: skippedBytes,
  text,
});
