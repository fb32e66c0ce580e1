import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';
import { logOutput } from './log-output.ts';

const path = (name: string) => join(import.meta.dirname, name);

it('writes lines that come together at once, in their order', async () => {
  const written: string[] = [];
  const log = createLog('info', logOutput({ write: (text) => void written.push(text) }));
  for (const name of ['one', 'two', 'three']) log.info(name);
  expect(written).toEqual([]);
  await expect.poll(() => written).toHaveLength(1);
  const lines = written[0]!.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['one', 'two', 'three']);
  log.info('four');
  log.fatal('five');
  expect(written.slice(1).join('')).toMatch(/four.*\n.*five/);
});

it('holds no more than it should while the loop is busy', () => {
  const written: string[] = [];
  const output = logOutput({ write: (text) => void written.push(text) });
  for (let i = 0; i < 100; i += 1) output.write(`${'x'.repeat(2000)}\n`);
  expect(Math.max(...written.map((text) => text.length))).toBeLessThan(70_000);
  expect(written.length).toBeGreaterThan(1);
});

it.each([
  ['process.exit(3)', 3],
  ['throw new Error("nobody caught this")', 1],
])('loses no line to %s', async (end, code) => {
  const imports = `import { createLog } from '${path('log.ts')}'; import { logOutput } from '${path('log-output.ts')}';`;
  const program = `${imports} createLog('info', logOutput()).info('the last word'); ${end};`;
  const ended = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const { stdout, code: seen } = await ended.then(
    () => ({ stdout: '', code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  expect(stdout).toContain('the last word');
  expect(seen).toBe(code);
});
