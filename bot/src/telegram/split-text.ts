/** The longest text of a message (Bot API, sendMessage). Counted in UTF-16 units, which are never fewer than characters. */
export const MESSAGE_LIMIT = 4096;

const graphemes = new Intl.Segmenter('ru', { granularity: 'grapheme' });
/** What a reader takes for one character is hardly ever longer than this. */
const LONGEST_GRAPHEME = 64;

/** The most of `text` that fits into `limit` units and ends between two graphemes. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const from = Math.max(0, limit - LONGEST_GRAPHEME);
  const shift = isLowSurrogate(text, from) ? 1 : 0;
  const tail = text.slice(from + shift, limit + LONGEST_GRAPHEME);
  let end = from + shift;
  for (const { index, segment } of graphemes.segment(tail)) {
    if (from + shift + index + segment.length > limit) break;
    end = from + shift + index + segment.length;
  }
  return text.slice(0, end > 0 ? end : limit);
}

const isLowSurrogate = (text: string, index: number) => (text.charCodeAt(index) & 0xfc00) === 0xdc00;

/** Where to cut, best first: between paragraphs, lines, sentences, words. The cut stays with the first part. */
const cuts = ['\n\n', '\n', '. ', ' '];

function firstPart(text: string, limit: number): string {
  const most = clip(text, limit);
  if (most.length === text.length) return text;
  for (const cut of cuts) {
    const at = most.lastIndexOf(cut);
    // A page that is nearly empty reads worse than a cut in a less fitting place.
    if (at >= limit / 2) return most.slice(0, at + cut.length);
  }
  return most;
}

/**
 * A long text as parts of at most `limit` units. Where a part ends depends only on what stands before, so the parts of
 * a text that grows keep their places.
 */
export function splitText(text: string, limit = MESSAGE_LIMIT): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const part = firstPart(rest, limit);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}
