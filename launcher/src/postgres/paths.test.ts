import { expect, test } from 'vitest';
import { chooseSocketDir, databaseUrl } from './paths.ts';

test('the socket lies with the data where its path is short enough', () => {
  expect(chooseSocketDir('/home/a/.hearth/postgres')).toBe('/home/a/.hearth/postgres/socket');
});

test('the fallback is short, the same every time, and different per directory', () => {
  const deep = `/home/${'д'.repeat(60)}/postgres`;
  const chosen = chooseSocketDir(deep, '/tmp');
  expect(chosen).toMatch(/^\/tmp\/hearth-[0-9a-f]{16}$/);
  expect(chooseSocketDir(deep, '/tmp')).toBe(chosen);
  expect(chooseSocketDir(`${deep}2`, '/tmp')).not.toBe(chosen);
});

test('the address survives spaces and other letters', () => {
  expect(databaseUrl('/дом / a', 'hearth')).toBe(
    'postgresql:///hearth?host=%2F%D0%B4%D0%BE%D0%BC%20%2F%20a&user=hearth',
  );
});
