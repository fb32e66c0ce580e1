import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, shoot } from './testing/browser.ts';
import { until } from './testing/product.ts';
import { type Visit, visit } from './testing/signed-in.ts';

/** Runs in a real browser: stopped and resumed from their page, and compared. */
let visited: Visit;
beforeAll(async () => {
  if (hasBrowser) visited = await visit();
}, 120_000);
afterAll(() => visited?.end());

const { training, registry, tracking } = routes;
async function trained(epochs: number, batch_size: number): Promise<string> {
  const config = {
    model_architecture: 'mlp',
    dataset_name: 'digits',
    learning_rate: 0.01,
    batch_size,
    epochs,
  };
  const { session_id } = await visited.product.client(training.start, { body: config });
  return session_id;
}
const runOf = (session_id: string) =>
  visited.product.client(training.run, { params: { session_id: session_id as `sess_${string}` } });
const ended = (session_id: string, status: string) =>
  until(`${session_id} being ${status}`, async () => (await runOf(session_id)).status === status, 60_000);

it.runIf(hasBrowser)(
  'stops a run from its page, and resumes the same one from there',
  async () => {
    const { page, go, product } = visited;
    await product.client(registry.addBundledDataset, { params: { name: 'digits' } });
    const id = await trained(300, 8);
    await go(`/runs/${id}`);
    await page
      .getByText(/^Epoch ([2-9]|\d\d+) of 300$/)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('This run was stopped').waitFor({ timeout: 30_000 });
    const stopped = await runOf(id);
    expect(stopped.status).toBe('stopped');
    const { status } = await product.client(tracking.run, { params: { run_id: stopped.run_id } });
    expect(status).toBe('KILLED');
    await shoot(page, 'run-stopped');
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await until('it going on', async () => (await runOf(id)).status === 'running', 30_000);
    const resumed = await runOf(id);
    expect(resumed).toMatchObject({ session_id: id, run_id: stopped.run_id, attempt: 2 });
    const after = stopped.checkpoint?.epoch ?? 0;
    expect(after).toBeGreaterThan(0);
    await until('its next epoch', async () => ((await runOf(id)).current_epoch ?? 0) > after, 30_000);
    await product.client(training.stop, { params: { session_id: resumed.session_id } });
    await ended(id, 'stopped');
  },
  180_000,
);

it.runIf(hasBrowser)(
  'compares two runs; the address opened anew shows the same',
  async () => {
    const { page, go } = visited;
    const ids = [await trained(3, 32), await trained(4, 64)];
    for (const id of ids) await ended(id, 'completed');
    await go('/runs');
    for (const id of ids) await page.getByLabel(new RegExp(`Choose .*${id}`)).check();
    await page.getByRole('link', { name: 'Compare (2)' }).click();
    const seen = async () => {
      await page.getByRole('img', { name: /loss/ }).first().waitFor();
      const rows = await page.getByRole('row').allInnerTexts();
      expect(rows.some((row) => /^batch_size/.test(row.trim()) && /32/.test(row) && /64/.test(row))).toBe(
        true,
      );
      expect(rows.some((row) => /^epochs/.test(row.trim()) && /\b3\b/.test(row) && /\b4\b/.test(row))).toBe(
        true,
      );
      return rows.map((row) => row.replace(/\s+/g, ' '));
    };
    const first = await seen();
    await shoot(page, 'compare');
    await page.goto(page.url());
    expect(await seen()).toEqual(first);
    await go('/experiments');
    await until(
      'both being finished in the list',
      async () => (await page.getByText('completed').count()) >= 2,
      10_000,
    );
    expect(visited.complaints).toEqual([]);
  },
  180_000,
);
