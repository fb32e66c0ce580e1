import { expect, it } from 'vitest';
import { placeOfUri, requirePath } from './artifact-path.ts';

const run = '0123456789abcdef0123456789abcdef';

it('finds the owner and the path', () => {
  expect(placeOfUri(`0/${run}/artifacts`)).toEqual({ owner: run, path: '' });
  expect(placeOfUri(`/12/${run}/artifacts/a/b c.txt`)).toEqual({ owner: run, path: 'a/b c.txt' });
  expect(placeOfUri(`a/b/${run}/artifacts/x/`)).toEqual({ owner: run, path: 'x' });
  expect(placeOfUri(`3/models/m-${run}/artifacts/MLmodel`)).toEqual({ owner: `m-${run}`, path: 'MLmodel' });
});

it('refuses what leads elsewhere', () => {
  const bad = [
    '',
    'x',
    '0/1/artifacts/a',
    `0/${run}/a`,
    `0/${run}/artifacts/../b`,
    `0/${run}/artifacts/a//b`,
  ];
  for (const path of bad) expect(() => placeOfUri(path), path).toThrow();
  for (const path of ['..', '.', '', '/etc/passwd', 'a\\b', 'a\0b', 'a\nb', '\ud800', 'x'.repeat(501)])
    expect(() => requirePath(path), path).toThrow();
});
