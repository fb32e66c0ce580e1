import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Route, routes } from '@hearth/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { literal, missingLine, readBlocks, readSteps, withoutComments } from './testing/guide.ts';
import { apiKey, type Product, startProduct, until } from './testing/product.ts';
import { runSteps } from './testing/run-steps.ts';

/** The commands of the guide to scripts, run as they stand. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (language: string) => readFileSync(`${root}/docs/${language}/scripts.md`, 'utf8');
const guide = read('en');
const steps = readSteps(guide);

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const isThere = async () => {
    const nodes = await product.client(routes.nodes.list, {});
    return nodes.some(({ status }) => status === 'online');
  };
  await until('an agent being there', isThere, 30_000);
});
afterAll(async () => {
  await product?.stop();
});

it('runs every marked command, and prints what the guide says', async () => {
  const env = { HEARTH_URL: product.url, HEARTH_API_KEY: apiKey, HEARTH_HOME: product.home };
  const { code, output, errors } = await runSteps(steps, product.home, env);
  expect(code, `step ${output.length} failed:\n${output.at(-1)}\n${errors}`).toBe(0);
  steps.forEach(({ prints }, index) => {
    const printed = output[index] ?? '';
    expect(missingLine(printed, prints), `step ${index + 1} printed:\n${printed}`).toBeUndefined();
  });
  expect(steps.filter(({ prints }) => prints.length > 0).length).toBeGreaterThan(5);
}, 120_000);

it('names only routes that exist', () => {
  const declared = Object.values(routes).flatMap((group) => Object.values<Route>(group));
  const named = [...guide.matchAll(/\$HEARTH_URL(\/[^\s"?\\]*)/g)].map(([, path]) => path!);
  const pathOf = ({ path }: Route) => new RegExp(`^${path.split(/:\w+/).map(literal).join('[^/]+')}$`);
  expect(named.filter((path) => !declared.some((route) => pathOf(route).test(path)))).toEqual([]);
});

it('says the same in both languages', () => {
  const commands = (markdown: string) =>
    readBlocks(markdown).map((block) => ({ ...block, code: withoutComments(block.code) }));
  expect(commands(read('ru'))).toEqual(commands(guide));
  const outline = (markdown: string) => [...markdown.matchAll(/^#+ /gm)].map(([level]) => level);
  expect(outline(read('ru'))).toEqual(outline(guide));
});
