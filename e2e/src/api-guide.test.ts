import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Route, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasPythonPackages, python } from '../../tools/src/peers/python.ts';
import { literal, missingLine, readBlocks, readSteps, withoutComments } from './testing/guide.ts';
import { apiKey, type Product, startProduct } from './testing/product.ts';
import { runSteps } from './testing/run-steps.ts';

/** The commands of the guides are what a reader copies: run as they stand, against the product as it starts. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, 'docs', path), 'utf8');
const guide = read('en/api.md');
/** What needs MLflow's client is left out where its packages are not installed; the run then says so at its end. */
const steps = readSteps(guide).filter(({ script }) => hasPythonPackages() || !/^python3 /m.test(script));
const declared = Object.values(routes).flatMap((group) => Object.values<Route>(group));

let product: Product;
let folder: string;
/** What each step printed; filled by the first test. */
let printed: string[] = [];
beforeAll(async () => {
  product = await startProduct();
  folder = await mkdtemp(join(tmpdir(), 'hearth-guide-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  await product?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

it('runs every marked command in order', async () => {
  const { code, output, errors } = await runSteps(steps, folder, {
    HEARTH_URL: product.url,
    HEARTH_API_KEY: apiKey,
    // The Python that has the client, before the system's.
    PATH: `${dirname(python)}${delimiter}${process.env.PATH}`,
  });
  const last = `${output.at(-1)}\n${errors}`.slice(-2000);
  expect(code, `step ${output.length} failed:\n${last}`).toBe(0);
  expect(output).toHaveLength(steps.length);
  printed = output;
}, 280_000);

it('prints what the guide says', () => {
  expect(steps.filter((step) => step.prints.length > 0).length).toBeGreaterThan(10);
  steps.forEach(({ prints }, index) => {
    const output = printed[index] ?? '';
    expect(missingLine(output, prints), `step ${index + 1} printed:\n${output.slice(-2000)}`).toBe(undefined);
  });
});

it('names only routes that exist, and some of every group', () => {
  const named = [...guide.matchAll(/\$HEARTH_URL(\/[^\s"?\\]*)/g)].map(([, path]) => path!);
  const pathOf = ({ path }: Route) => new RegExp(`^${path.split(/:\w+/).map(literal).join('[^/]+')}$`);
  const base = '/v1';
  expect(
    named.filter((path) => path !== base && !declared.some((route) => pathOf(route).test(path))),
  ).toEqual([]);
  const groups = new Set(
    declared.filter((route) => named.some((path) => pathOf(route).test(path))).map((route) => route.tag),
  );
  expect([...groups].sort()).toEqual([...new Set(declared.map((route) => route.tag))].sort());
});

it.each(['getting-started', 'api', 'operations'])('says the same in both languages: %s', (name) => {
  const [en, ru] = [read(`en/${name}.md`), read(`ru/${name}.md`)];
  const commands = (markdown: string) =>
    readBlocks(markdown).map((block) => ({ ...block, code: withoutComments(block.code) }));
  expect(commands(ru)).toEqual(commands(en));
  const outline = (markdown: string) => [...markdown.matchAll(/^#+ /gm)].map(([level]) => level);
  expect(outline(ru)).toEqual(outline(en));
});
