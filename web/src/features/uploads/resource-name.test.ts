import { ResourceName } from '@hearth/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameFromFile } from './resource-name.ts';

test.each([
  ['Iris Data (final).csv', 'iris-data-final'],
  ['war_and_peace.txt', 'war_and_peace'],
  ['данные за май.csv', 'dannye-za-may'],
  ['café.tar.gz', 'cafe'],
  ['.hidden', 'hidden'],
  ['数据.csv', 'dataset'],
])('%s becomes %s', (file, name) => {
  expect(nameFromFile(file, 'dataset')).toBe(name);
});

test('whatever the file is called, the suggestion is a name the contract accepts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 150 }), (file) => {
      expect(ResourceName.safeParse(nameFromFile(file, 'dataset')).success).toBe(true);
    }),
  );
});
