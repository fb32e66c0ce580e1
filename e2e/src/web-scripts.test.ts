import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, shoot } from './testing/browser.ts';
import { addOwnScripts } from './testing/own-scripts.ts';
import { type Visit, visit } from './testing/signed-in.ts';

/** A script in a real browser: started from its page, seen while it writes, cancelled. */
let visited: Visit;
beforeAll(async () => {
  if (!hasBrowser) return;
  visited = await visit();
  await addOwnScripts(visited.product.home);
}, 120_000);
afterAll(() => visited?.end());

it.runIf(hasBrowser)(
  'runs a script, shows what it writes, cancels it',
  async () => {
    const { page, go, complaints } = visited;
    await go('/scripts');
    await page.getByRole('main').getByRole('link', { name: 'counter.py' }).first().click();
    await page.getByLabel('Arguments').fill('600');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('line 2', { exact: false }).first().waitFor();
    await page.getByText('line 9', { exact: false }).first().waitFor();
    await shoot(page, 'script-running');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).last().click();
    await page.getByRole('main').getByText('stopped').first().waitFor();
    await page.getByText('line 9', { exact: false }).first().waitFor();
    expect(complaints).toEqual([]);
  },
  120_000,
);
