import { expect, it } from 'vitest';
import { missingLine, readBlocks, readSteps, withoutComments } from './guide.ts';

const guide = [
  '```bash\nnot run\n```',
  '<!-- run -->\n```bash\necho one # first\necho 2\n```',
  'Text.\n\n<!-- prints -->\n```json\none\n2\n```',
  '<!-- run -->\n```bash\ntrue\n```',
].join('\n\n');

it('reads marked blocks as steps with what they print', () => {
  expect(readBlocks(guide).map(({ mark }) => mark)).toEqual([undefined, 'run', 'prints', 'run']);
  expect(readSteps(guide)).toEqual([
    { script: 'echo one # first\necho 2', prints: ['one', '2'] },
    { script: 'true', prints: [] },
  ]);
});

it('leaves comments out of the comparison of two languages, and nothing else', () => {
  expect(withoutComments('a=$#  # count\n# whole line\ncurl x#y')).toBe('a=$#\ncurl x#y');
});

it('finds lines in their order, with gaps', () => {
  expect(missingLine('x {"id":"7","n":1}\ny\n', ['{"id":"…","n":1}', 'y'])).toBeUndefined();
  expect(missingLine('y\nx\n', ['x', 'y'])).toBe('y');
  expect(missingLine('{"n":\n1}', ['{"n":…1}'])).toBe('{"n":…1}');
  expect(missingLine('a+b', ['aab'])).toBe('aab');
});
