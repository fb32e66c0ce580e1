import { expect, test } from 'vitest';
import { reloadOnNewBuild } from './reload-on-new-build.ts';

test('a page of an old build loads itself anew, but not in a loop', () => {
  let reloads = 0;
  let time = 1_000_000;
  reloadOnNewBuild(
    () => reloads++,
    () => time,
  );
  const fail = () => window.dispatchEvent(new Event('vite:preloadError', { cancelable: true }));
  expect(fail()).toBe(false);
  expect(fail()).toBe(true);
  expect(reloads).toBe(1);
  time += 60_000;
  fail();
  expect(reloads).toBe(2);
});
