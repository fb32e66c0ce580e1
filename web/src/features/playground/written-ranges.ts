/** A stretch of the text that the model wrote, as offsets. */
export interface Range {
  start: number;
  end: number;
}
export interface Piece {
  text: string;
  written: boolean;
}

/** Ranges after the person edited the text: what they typed is theirs, what they left of the model's stays marked. */
export function rangesAfterEdit(ranges: readonly Range[], before: string, after: string): Range[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const cutEnd = before.length - tail;
  const shift = after.length - before.length;
  const kept = ranges.flatMap(({ start, end }) => [
    { start, end: Math.min(end, head) },
    { start: Math.max(start, cutEnd) + shift, end: end + shift },
  ]);
  return kept.filter(({ start, end }) => end > start);
}

/** The text in pieces, marked or not, that joined give the text again. */
export function piecesOf(text: string, ranges: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    pieces.push(
      { text: text.slice(at, start), written: false },
      { text: text.slice(start, end), written: true },
    );
    at = end;
  }
  pieces.push({ text: text.slice(at), written: false });
  return pieces.filter((piece) => piece.text !== '');
}
