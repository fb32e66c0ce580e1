/** The first lines of JSON Lines, parsed; a line that the head cuts off is left out. */
export function firstLines(head: string, count: number, isWhole: boolean): unknown[] {
  const lines = head.split('\n');
  if (!isWhole) lines.pop();
  return parsed(lines.filter((line) => line.trim() !== '').slice(0, count));
}

/** The first elements of a JSON array, or of the array under an object's `data`; what the head cuts off is left out. */
export function firstElements(head: string, count: number): unknown[] {
  const start = /^\s*\[/.exec(head)?.[0].length ?? afterDataKey(head);
  if (start === undefined) return [];
  const elements: string[] = [];
  let from = start;
  for (const { at, char, depth } of structure(head, start)) {
    const isEnd = depth < 0;
    if (isEnd || (char === ',' && depth === 0)) {
      elements.push(head.slice(from, at));
      from = at + 1;
    }
    if (isEnd || elements.length === count) break;
  }
  return parsed(elements.filter((text) => text.trim() !== ''));
}

/** The place behind the bracket of `"data": [` in the outermost object. */
function afterDataKey(head: string): number | undefined {
  const open = /^\s*\{/.exec(head)?.[0].length;
  if (open === undefined) return undefined;
  for (const { at, char, depth } of structure(head, open))
    if (char === '[' && depth === 1 && /"data"\s*:\s*$/.test(head.slice(Math.max(0, at - 100), at)))
      return at + 1;
  return undefined;
}

/** Brackets and commas outside of strings, with the depth behind them, relative to the start. */
function* structure(text: string, start: number) {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{},]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const char = match[0];
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    else if (char !== ',') continue;
    yield { at: match.index, char, depth };
  }
}

function parsed(texts: string[]): unknown[] {
  return texts.flatMap((text) => {
    try {
      return [JSON.parse(text) as unknown];
    } catch {
      // What is shown is the beginning of a file whose readers judge it.
      return [];
    }
  });
}
