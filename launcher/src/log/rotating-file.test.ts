import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRotatingFile } from './rotating-file.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearth-rotate-'));
  path = join(dir, 'logs', 'hearth.log');
});
afterEach(() => rm(dir, { recursive: true }));

test('goes on with the next file when one is full, and forgets the oldest', async () => {
  const file = openRotatingFile(path, { limitBytes: 20, keep: 2 });
  for (const word of ['first', 'second', 'third', 'fourth', 'fifth']) file.append(`the ${word} one`);
  file.close();
  expect((await readdir(join(dir, 'logs'))).sort()).toEqual(['hearth.log', 'hearth.log.1', 'hearth.log.2']);
  expect(await readFile(path, 'utf8')).toBe('the fifth one\n');
  expect(await readFile(`${path}.2`, 'utf8')).toBe('the third one\n');
});

test('continues the file of the run before, and counts what is in it', async () => {
  for (const word of ['one', 'two']) {
    const file = openRotatingFile(path, { limitBytes: 9 });
    file.append(word);
    file.close();
  }
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  const file = openRotatingFile(path, { limitBytes: 9 });
  file.append('three');
  file.close();
  expect(await readFile(path, 'utf8')).toBe('three\n');
});
