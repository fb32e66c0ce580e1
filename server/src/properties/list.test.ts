import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Tests of other folders that state a property; their titles have no number. */
const elsewhere: Record<string, string> = {
  P12: 'are what was uploaded and not deleted, byte for byte, and refusals change nothing',
  P15: 'have no names that could become a path of another place',
  P16: 'tell the rows and columns of any table in any of its forms, and come back as they went in',
  P31: 'answers whatever is sent as the document says, and never with a failure of its own',
};

it('lists every property with the test that states it, at least 37 of them', () => {
  const list = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const rows = [...list.matchAll(/^\|[^|]*\| (P\d+) [^|]+\| `([^`]+)` \|$/gm)];
  const numbers = rows.map(([, number]) => Number(number!.slice(1))).toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1));
  expect(rows.length).toBeGreaterThanOrEqual(37);
  for (const [, number = '', file = ''] of rows) {
    const title = elsewhere[number] ?? `${number}: `;
    const folder = number in elsewhere ? '..' : '.';
    const text = readFileSync(join(import.meta.dirname, folder, file), 'utf8');
    expect(text, number).toMatch(new RegExp(`it\\(\\s*['"]${title.replaceAll('.', '\\.')}`));
    expect(text, number).toContain('fc.assert(');
  }
});
