import { fileURLToPath } from 'node:url';
import { routes } from '@hearth/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage, shoot } from './testing/browser.ts';
import { type Product, startProduct, until } from './testing/product.ts';

/** The story of the first evening, from an empty folder to talking to two models, in a real browser. */
let product: Product;
let browser: Browser;
let page: Page;
let complaints: string[];
/** As the set-up link names it. */
let origin: string;
beforeAll(async () => {
  if (!hasBrowser) return;
  product = await startProduct({}, { withKey: false });
  browser = await openBrowser();
  origin = new URL(await product.setupUrl()).origin;
  ({ page, complaints } = await openPage(browser, origin));
  page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await browser?.close();
  const code = await product?.stop();
  if (product) expect(code).toBe(0);
});

const digits = fileURLToPath(new URL('../../learning/datasets/digits.csv', import.meta.url));
const password = 'a long enough password 1';
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const go = async (path: string) => {
  await page.goto(`${origin}${path}`);
};
/** Presses the confirming button of the open dialog. */
const inDialog = (name: string | RegExp) =>
  page.getByRole('dialog').getByRole('button', { name, exact: typeof name === 'string' });
const runState = (state: RegExp) =>
  page.getByRole('main').getByText(state).first().waitFor({ timeout: 120_000 });

it.runIf(hasBrowser)('creates the administrator through the one-time link', async () => {
  await page.goto(await product.setupUrl());
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.test');
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await shoot(page, '01-setup');
  await button('Next').click();
  await page.getByRole('textbox', { name: "Developer's e-mail for alerts" }).fill('dev@example.test');
  await button('Next').click();
  await button('Get started').click();
  await page.waitForURL(`${origin}/`);
  const again = await fetch(`${product.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: 'x', email: 'b@example.test', password, name: 'B' }),
  });
  expect(again.status).toBe(409);
});

it.runIf(hasBrowser)('shows this machine with gauges that move over the WebSocket', async () => {
  const gauges = page.getByRole('meter');
  await gauges.first().waitFor();
  expect(await gauges.count()).toBeGreaterThanOrEqual(3);
  const readings = async () =>
    (await gauges.evaluateAll((all) => all.map((g) => g.getAttribute('aria-valuenow')))).join();
  const first = await readings();
  await until('a gauge moving', async () => (await readings()) !== first, 20_000);
  await shoot(page, '02-overview');
});

it.runIf(hasBrowser)('takes an uploaded table and a bundled text', async () => {
  await go('/datasets');
  await shoot(page, '03-datasets-empty');
  await button('Upload a data set').first().click();
  await page
    .getByRole('dialog')
    .locator('input[type=file]')
    .setInputFiles({
      name: 'my-digits.csv',
      mimeType: 'text/csv',
      buffer: await import('node:fs/promises').then((fs) => fs.readFile(digits)),
    });
  await inDialog('Upload').click();
  await page.waitForURL(/\/datasets\/my-digits$/);
  await page.getByText('1,797').first().waitFor();
  await shoot(page, '04-dataset');
  await go('/datasets');
  await button(/^Add Alice/).click();
  await page.getByRole('main').getByRole('link', { name: 'alice' }).first().waitFor();
  await shoot(page, '05-datasets');
});

async function startRun(
  dataset: string,
  architecture: string,
  values: Record<string, string>,
): Promise<void> {
  await go(`/runs/new?dataset=${dataset}`);
  await page.locator(`input[name=architecture][value="${architecture}"]`).check({ force: true });
  for (const [label, value] of Object.entries(values)) {
    const field = page.getByLabel(label, { exact: false }).first();
    if (!(await field.isVisible())) await page.getByText('Advanced settings').click();
    await field.fill(value);
  }
  await shoot(page, `06-new-run-${architecture}`);
  await button('Start training').click();
  await page.waitForURL(/\/runs\/sess_/);
}

it.runIf(hasBrowser)(
  'trains live, queues a second run, stops the first, and the second takes its place',
  async () => {
    await startRun('my-digits', 'mlp', { Epochs: '1000', 'Batch size': '1' });
    const first = page.url();
    await page
      .getByText(/^Epoch \d+ of 1,?000$/)
      .first()
      .waitFor({ timeout: 60_000 });
    await shoot(page, '07-run-live');
    await startRun('my-digits', 'mlp', { Epochs: '20', 'Batch size': '32' });
    const second = page.url();
    await runState(/no\. 1 in the queue/);
    await page.goto(first);
    await button('Stop').click();
    await inDialog('Stop').click();
    await runState(/This run was stopped/);
    await page.goto(second);
    await runState(/is in the registry/);
    await shoot(page, '08-run-done');
  },
);

it.runIf(hasBrowser)('deploys the classifier and predicts from a form', async () => {
  await go('/models/mlp_my-digits');
  await shoot(page, '09-model');
  await button('Deploy').first().click();
  await inDialog('Deploy').click();
  await page.waitForURL(/\/deployments\//);
  await button('Predict').click({ timeout: 60_000 });
  await page.getByTestId('prediction').waitFor();
  await shoot(page, '10-predict');
});

it.runIf(hasBrowser)('trains a language model and continues a text in the playground', async () => {
  await startRun('alice', 'tiny-llama', { Epochs: '2', 'Steps per epoch': '30' });
  await runState(/is in the registry/);
  await shoot(page, '11-language-run');
  await go('/models/tiny-llama_alice');
  await button('Deploy').first().click();
  await inDialog('Deploy').click();
  await page.waitForURL(/\/deployments\//);
  await page.getByRole('link', { name: 'Talk to it' }).click({ timeout: 60_000 });
  await page.getByLabel('Text', { exact: true }).fill('Alice was ');
  await button('Continue').click();
  await until(
    'a continuation',
    async () => (await page.getByLabel('Text', { exact: true }).inputValue()).length > 20,
    60_000,
  );
  await page
    .getByText(/tokens\/s/)
    .first()
    .waitFor({ timeout: 60_000 });
  await shoot(page, '12-playground-continuation');
});

it.runIf(hasBrowser)('fetches a bigger model, deploys it and chats with it', async () => {
  await go('/models/-/get');
  await shoot(page, '13-get-model');
  await button(/Fetch .*SmolLM2/).click();
  await page.getByRole('main').getByRole('link', { name: /smol/i }).first().waitFor({ timeout: 240_000 });
  await shoot(page, '14-pulled');
  await go('/models');
  await page.getByRole('main').getByRole('link', { name: /smol/i }).first().click();
  await button('Deploy').first().click();
  await inDialog('Deploy').click();
  await page.waitForURL(/\/deployments\//);
  await page.getByRole('link', { name: 'Talk to it' }).click({ timeout: 120_000 });
  // The likeliest words, so that the answer is the same each time.
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0');
  await page.getByLabel('Message').fill('What is the capital of France?');
  await page.getByLabel('Message').press('Enter');
  await page.getByTestId('reply').getByText(/Paris/).waitFor({ timeout: 60_000 });
  await shoot(page, '15-chat');
});

it.runIf(hasBrowser)('predicts and lists through the API with a key made in the settings', async () => {
  await go('/settings/keys');
  await shoot(page, '16-keys');
  await button(/new key|create/i)
    .first()
    .click();
  await page.getByRole('dialog').getByLabel('Name').fill('laptop');
  await inDialog(/create/i).click();
  const key = await until(
    'the key',
    async () => /hk_[\w-]+/.exec(await page.getByRole('dialog').innerText())?.[0],
    10_000,
  );
  const client = (await import('@hearth/contract')).createClient({ baseUrl: product.url, token: () => key });
  const deployment = (await client(routes.inference.list, {})).find((d) => d.task === 'classification')!;
  const row = Object.fromEntries(deployment.inputs!.map((input) => [input.name, input.example ?? 0]));
  const { predictions } = await client(routes.inference.predict, {
    params: { id: deployment.id },
    body: { rows: [row] },
  });
  expect(Object.values(predictions[0]!.probabilities!).reduce((a, b) => a + b)).toBeCloseTo(1, 3);
});

it.runIf(hasBrowser)('gave nothing to complain of on the way', () => {
  expect(complaints).toEqual([]);
});
