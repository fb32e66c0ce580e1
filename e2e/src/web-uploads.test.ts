import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, shoot } from './testing/browser.ts';
import { until } from './testing/product.ts';
import { type Visit, visit } from './testing/signed-in.ts';

/** A large file over a slow line, in a real browser: paused, the page closed, continued, there. */
let visited: Visit;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-upload-'));
  if (hasBrowser) visited = await visit();
}, 120_000);
afterAll(async () => {
  await visited?.end();
  await rm(folder, { recursive: true, force: true });
});

it.runIf(hasBrowser)(
  'goes on with a broken off upload when the same file is chosen again',
  async () => {
    const { page, go, product } = visited;
    const rows = Array.from({ length: 400_000 }, (_, i) => `${i},${(i * 7919) % 10_007},${i % 3}`);
    const file = join(folder, 'measurements.csv');
    await writeFile(file, `id,value,label\n${rows.join('\n')}\n`);
    const line = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await line.send('Network.emulateNetworkConditions', slow);
    const choose = async () => {
      await go('/datasets');
      await page.getByRole('button', { name: 'Upload a data set' }).first().click();
      await page.getByRole('dialog').locator('input[type=file]').setInputFiles(file);
    };
    await choose();
    await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText(/^[1-9]\d?\s?% ·/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused · /).waitFor();
    await shoot(page, 'upload-paused');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForTimeout(1500);
    await choose();
    await page.getByText(/% of it is there already$/).waitFor();
    await shoot(page, 'upload-unfinished');
    await line.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.getByRole('dialog').getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(/\/datasets\/measurements$/);
    expect(asked.filter((request) => request === 'POST /api/v1/uploads')).toEqual([]);
    await until(
      'the data set being there whole',
      async () => {
        const { sample_count } = await product.client(routes.registry.getDataset, {
          params: { name: 'measurements' },
        });
        return sample_count === rows.length;
      },
      20_000,
    );
  },
  180_000,
);
