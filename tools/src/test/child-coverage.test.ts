import { expect, it } from 'vitest';
import { countAt, lineShare } from './child-coverage.ts';

const source = 'const a = 1;\nfunction f() {\n  return a;\n}\nf();\n';
const ran = {
  url: 'x',
  functions: [
    { ranges: [{ startOffset: 0, endOffset: 50, count: 1 }] },
    { ranges: [{ startOffset: 13, endOffset: 41, count: 0 }] },
  ],
};
const at = (line: number, column = 0) => ({ start: { line, column } });

it('reads the innermost range', () => {
  expect(countAt(ran, 0)).toBe(1);
  expect(countAt(ran, source.indexOf('return'))).toBe(0);
  expect(countAt(ran, 999)).toBe(0);
});

it('adds what ran in another process to what ran here', () => {
  const file = { statementMap: { 0: at(1), 1: at(3, 2), 2: at(5) }, s: { 0: 0, 1: 0, 2: 0 } };
  expect(lineShare(file, source, [])).toEqual({ total: 3, covered: 0 });
  expect(lineShare(file, source, [ran])).toEqual({ total: 3, covered: 2 });
  expect(lineShare({ ...file, s: { 0: 0, 1: 4, 2: 0 } }, source, [ran])).toEqual({ total: 3, covered: 3 });
});
