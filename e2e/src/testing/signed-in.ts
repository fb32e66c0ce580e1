import { routes } from '@hearth/contract';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from './browser.ts';
import { type Product, startProduct, until } from './product.ts';

const email = 'ada@example.test';
const password = 'a long enough password 1';

export interface Visit {
  product: Product;
  page: Page;
  /** What must not happen on a page. */
  complaints: string[];
  go: (path: string) => Promise<void>;
  end: () => Promise<void>;
}

/** The product with an agent, and an administrator signed in with a browser. */
export async function visit(env: Record<string, string> = {}): Promise<Visit> {
  const product = await startProduct({ HEARTH_ADMIN_EMAIL: email, HEARTH_ADMIN_PASSWORD: password, ...env });
  let browser: Browser | undefined;
  const end = async () => {
    await browser?.close();
    await product.stop();
  };
  try {
    await until('an agent being there', () => isAgentThere(product), 30_000);
    browser = await openBrowser();
    const { page, complaints } = await openPage(browser, product.url);
    page.setDefaultTimeout(20_000);
    const go = async (path: string) => {
      await page.goto(product.url + path);
    };
    await go('/');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').first().waitFor();
    return { product, page, complaints, go, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function isAgentThere({ client }: Product): Promise<boolean> {
  return (await client(routes.nodes.list, {})).some(({ status }) => status === 'online');
}
