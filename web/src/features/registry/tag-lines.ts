import type { Tags } from '@hearth/contract';

/** Tags as people edit them: `name=value`, one a line. */
export const tagLines = (tags: Tags): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value.replace(/\s*\n\s*/g, ' ')}`)
    .join('\n');

/** The tags that lines say, or the number of the first line that says none. */
export function readTagLines(text: string): { tags: Tags } | { badLine: number } {
  const tags: Record<string, string> = {};
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at < 0 || name === '') return { badLine: i + 1 };
    tags[name] = line.slice(at + 1).trim();
  }
  return { tags };
}
