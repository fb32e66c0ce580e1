import { routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasBrowser, shoot } from './testing/browser.ts';
import { apiKey, until } from './testing/product.ts';
import { type Visit, visit } from './testing/signed-in.ts';

/** A million points of one metric: drawn at once as a picture of all, exactly where one looks closer. */
const total = 1_000_000;
let visited: Visit;
beforeAll(async () => {
  if (hasBrowser) visited = await visit();
}, 120_000);
afterAll(() => visited?.end());

async function mlflow(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${visited.product.url}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** As MLflow's client sends them, 1,000 a request, four requests at once. */
async function logMillion(): Promise<string> {
  const { run } = (await mlflow('runs/create', { experiment_id: '0', run_name: 'a-million' })) as {
    run: { info: { run_id: string } };
  };
  const { run_id } = run.info;
  const startMs = Date.now() - total;
  const value = (step: number) => 2 * Math.exp(-step / 200_000) + 0.1 * Math.sin(step / 50);
  let next = 0;
  const lane = async () => {
    while (next < total) {
      const first = next;
      next += 1000;
      const metrics = Array.from({ length: 1000 }, (_, i) => ({
        ...{ key: 'loss', step: first + i, timestamp: startMs + first + i },
        value: value(first + i),
      }));
      await mlflow('runs/log-batch', { run_id, metrics });
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return run_id;
}

it.runIf(hasBrowser)(
  'shows a million points in a second, and each of them where one looks',
  async () => {
    const { page, go, product, complaints } = visited;
    const run_id = await logMillion();
    const [series] = (await product.client(routes.tracking.series, { params: { run_id } })).items;
    expect(series?.points).toBe(total);
    await go('/experiments');
    const link = page.getByRole('main').getByRole('link', { name: /a-million/ });
    await link.waitFor();
    const chart = page.getByRole('img', { name: 'loss over the run' });
    const picture = page.getByText('A picture of all points', { exact: false });
    const startMs = performance.now();
    await link.click();
    await picture.waitFor();
    await until('a line being drawn', () => chart.evaluate(isDrawn), 10_000, 20);
    const shownMs = performance.now() - startMs;
    console.log(`1,000,000 points shown ${Math.round(shownMs)} ms after the click`);
    expect(shownMs).toBeLessThan(3000);
    await shoot(page, 'million-points');
    const lines: { exact: boolean; points: { step: number }[] }[] = [];
    page.on('response', async (response) => {
      if (response.url().includes('/api/v1/series?')) lines.push(...(await response.json()).items);
    });
    // Each drag shows a twentieth of what was there.
    for (let i = 0; i < 3; i++) {
      const box = (await chart.boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const seen = lines.length;
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + box.width / 20, y, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(seen);
    }
    await picture.waitFor({ state: 'detached' });
    const steps = lines.at(-1)!.points.map(({ step }) => step);
    expect(lines.at(-1)!.exact).toBe(true);
    expect(steps.length).toBeGreaterThan(20);
    expect(steps).toEqual(steps.map((_, i) => steps[0]! + i));
    await page.getByRole('button', { name: 'Whole run' }).click();
    await picture.waitFor();
    expect(complaints).toEqual([]);
  },
  300_000,
);

/** What a canvas in the page can do, as far as this asks it. */
interface Drawing {
  width: number;
  height: number;
  getContext: (
    kind: '2d',
  ) => { getImageData: (x: number, y: number, w: number, h: number) => { data: Uint8ClampedArray } } | null;
}

/** Whether a chart has ink on it, grid and labels aside. */
function isDrawn(element: unknown): boolean {
  const canvas = element as Drawing;
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  let coloured = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b, a] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!, pixels[i + 3]!];
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 80) coloured++;
  }
  return coloured > 500;
}
