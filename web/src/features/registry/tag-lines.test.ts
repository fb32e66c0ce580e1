import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTagLines, tagLines } from './tag-lines.ts';

test('tags written as lines are read back as they were', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}$/);
  const value = fc.stringMatching(/^([a-z0-9=]([a-z0-9 =]{0,10}[a-z0-9=])?)?$/);
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (tags) => {
      expect(readTagLines(tagLines(tags))).toEqual({ tags });
    }),
  );
});

test('empty lines do not matter, a line without a name is pointed at', () => {
  expect(readTagLines('\nstage = live \n\n')).toEqual({ tags: { stage: 'live' } });
  expect(readTagLines('a=1\nnonsense')).toEqual({ badLine: 2 });
  expect(readTagLines('=1')).toEqual({ badLine: 1 });
});
