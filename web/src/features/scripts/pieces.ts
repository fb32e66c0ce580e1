import type { JobOutput } from '@hearth/contract';

/** Pieces in the order of their numbers, each once. */
export function joinPieces(known: readonly JobOutput[], added: readonly JobOutput[]): readonly JobOutput[] {
  const last = known[known.length - 1]?.seq ?? 0;
  if (added.every(({ seq }) => seq > last)) return [...known, ...added];
  const all = new Map([...known, ...added].map((piece) => [piece.seq, piece]));
  return [...all.values()].sort((a, b) => a.seq - b.seq);
}

export interface Part {
  key: string;
  stream: JobOutput['stream'];
  text: string;
  /** Bytes left out just before it. */
  skippedBytes: number;
}
const longest = 200_000;

/** What is drawn: neighbouring pieces of one stream together, the newest `longest` characters of all. */
export function partsOf(pieces: readonly JobOutput[], stream: JobOutput['stream'] | 'both'): Part[] {
  const parts: Part[] = [];
  let length = 0;
  for (let i = pieces.length - 1; i >= 0 && length < longest; i--) {
    const piece = pieces[i]!;
    if (stream !== 'both' && piece.stream !== stream) continue;
    length += piece.text.length;
    const next = parts[parts.length - 1];
    if (next && next.stream === piece.stream && next.skippedBytes === 0) {
      next.text = piece.text + next.text;
      next.skippedBytes = piece.skipped_bytes;
      next.key = String(piece.seq);
    } else
      parts.push({
        key: String(piece.seq),
        stream: piece.stream,
        text: piece.text,
        skippedBytes: piece.skipped_bytes,
      });
  }
  return parts.reverse();
}
