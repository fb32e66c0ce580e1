/** Telegram's HTML, as strictly as Telegram takes it: the text without its marks, or what cannot be parsed. */
const plain = [
  'b',
  'strong',
  'i',
  'em',
  'u',
  'ins',
  's',
  'strike',
  'del',
  'tg-spoiler',
  'code',
  'pre',
  'blockquote',
];
const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

const token = /<(\/?)([a-zA-Z][\w-]*)([^<>]*)>|&(#?\w+);|([^<&]+)|([<&])/g;

class HtmlError extends Error {}

function decode(name: string): string {
  if (/^#\d+$/.test(name)) return String.fromCodePoint(Number(name.slice(1)));
  const found = entities[name];
  if (found === undefined) throw new HtmlError(`can't parse entities: Unsupported entity "&${name};"`);
  return found;
}

function checkTag(name: string, attributes: string): void {
  const isAnchor = name === 'a' && /^ href="[^"]+"$/.test(attributes);
  const isLanguage = name === 'code' && /^ class="language-[\w+-]+"$/.test(attributes);
  const isSpoiler = name === 'span' && attributes === ' class="tg-spoiler"';
  const isPlain = plain.includes(name) && attributes === '';
  if (!(isAnchor || isLanguage || isSpoiler || isPlain))
    throw new HtmlError(`can't parse entities: Unsupported start tag "${name}${attributes}"`);
}

/** Throws an HtmlError in Telegram's words. */
function textOf(html: string): string {
  const open: string[] = [];
  let text = '';
  for (const [, slash, tag, attributes = '', entity, words, stray] of html.matchAll(token)) {
    if (stray === '<') throw new HtmlError("can't parse entities: Unsupported start tag");
    if (words !== undefined || stray !== undefined) text += words ?? stray;
    else if (entity !== undefined) text += decode(entity);
    else if (tag !== undefined && slash === '') {
      checkTag(tag, attributes);
      open.push(tag);
    } else if (open.pop() !== tag) throw new HtmlError(`can't parse entities: Unmatched end tag "${tag}"`);
  }
  if (open.length > 0)
    throw new HtmlError(`can't parse entities: Can't find end tag corresponding to "${open.at(-1)}"`);
  return text;
}

export function parseText(text: string, mode: string | undefined): { text: string } | { problem: string } {
  if (mode === undefined) return { text };
  if (mode.toLowerCase() !== 'html') return { problem: `unsupported parse_mode ${mode}` };
  try {
    return { text: textOf(text) };
  } catch (error) {
    if (error instanceof HtmlError) return { problem: error.message };
    throw error;
  }
}
