import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { describeExit, tailOf } from './job-exit.ts';

it('names what ended a job', () => {
  expect(describeExit({ code: null, signal: 'SIGKILL' }, '')).toContain('out of memory');
  expect(describeExit({ code: null, signal: 'SIGSEGV' }, 'boom')).toMatch(/SIGSEGV.*Its last words: boom$/);
  expect(describeExit({ code: 134, signal: null }, 'FATAL ERROR: JavaScript heap out of memory')).toMatch(
    /^The job ran out of memory/,
  );
  expect(describeExit({ code: 3, signal: null }, '')).toBe("The job's process ended with code 3.");
  expect(describeExit(undefined, '')).toBe("The job's process ended without saying why.");
});

it('reads the end of a file, whole characters only', async () => {
  const path = join(await temporaryFolder(), 'words');
  expect(await tailOf(path)).toBe('');
  await writeFile(path, `${'x'.repeat(5000)}конец`);
  expect(await tailOf(path, 9)).toBe('онец'.slice(0));
  expect(await tailOf(path, 10)).toBe('конец');
});
