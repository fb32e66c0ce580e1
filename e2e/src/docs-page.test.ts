import { type Route, routes } from '@hearth/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from './testing/browser.ts';
import { apiKey, type Product, startProduct } from './testing/product.ts';

/** The reference that every installation serves at /docs. */
let product: Product;
let browser: Browser;
beforeAll(async () => {
  if (!hasBrowser) return;
  product = await startProduct();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

it.runIf(hasBrowser)('lists every route, finds one, and sends it', async () => {
  const { page, complaints } = await openPage(browser, product.url);
  await page.goto(`${product.url}/docs`);
  const drawn = page.locator('section > details');
  await drawn.first().waitFor();
  const declared = Object.values(routes).flatMap((group) => Object.values<Route>(group));
  const shown = await drawn.locator('> summary').allInnerTexts();
  const missing = declared.filter(({ method, path, summary }) => {
    const words = [method, path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}'), summary];
    return !shown.some((line) => words.every((word) => line.includes(word)));
  });
  expect(missing).toEqual([]);
  expect(shown).toHaveLength(declared.length);

  await page.getByLabel('Find').fill('/api/v1/system/info');
  expect(await drawn.filter({ visible: true }).count()).toBe(1);
  await page.getByLabel('API key or access token').fill(apiKey);
  const route = drawn.filter({ visible: true });
  await route.locator('> summary').click();
  await route.getByRole('button', { name: 'Send' }).click();
  await route.getByText(/"memory_total_mb": \d+/).waitFor();
  expect(complaints).toEqual([]);
});
