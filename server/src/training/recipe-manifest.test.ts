import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanRecipes } from './recipe-folders.ts';
import { readRecipe } from './recipe-manifest.ts';

const least = {
  name: 'mine',
  description: { en: 'Mine.' },
  data: 'tabular',
  formats: ['csv'],
  entry: 'train.py',
  runtime: { type: 'python' },
};
const read = (more: object) => readRecipe(JSON.stringify({ ...least, ...more }), 'mine');

describe('a manifest', () => {
  it('needs little, and has the usual for the rest', () => {
    expect(read({})).toMatchObject({
      include: [],
      options: [],
      defaults: { learning_rate: 0.001, batch_size: 32, epochs: 10, optimizer: 'adam' },
      supports: { resume: false, gpus: false, nodes: false },
    });
  });

  it.each([
    ['no JSON', '{', /^recipe\.json: /],
    ['a field nobody knows', JSON.stringify({ ...least, typo: 1 }), /typo/],
    ['a missing field', JSON.stringify({ ...least, entry: undefined }), /entry/],
    ['a path that leads out', JSON.stringify({ ...least, entry: '../train.py' }), /entry: is no path below/],
    ['an absolute path', JSON.stringify({ ...least, include: ['/etc'] }), /include\.0: is no path below/],
    ['another name than its folder’s', JSON.stringify({ ...least, name: 'other' }), /folder is called mine/],
    ['a name with a slash', JSON.stringify({ ...least, name: 'a/b' }), /lower case letters/],
    [
      'a learning rate out of range',
      JSON.stringify({ ...least, defaults: { learning_rate: 2 } }),
      /learning_rate/,
    ],
  ])('with %s is said to be wrong', (_, text, problem) => {
    expect(readRecipe(text, 'mine')).toMatch(problem);
  });

  it.each([
    [
      [
        { name: 'a', type: 'integer' },
        { name: 'a', type: 'string' },
      ],
      /a stands there twice/,
    ],
    [[{ name: 'a', type: 'choice' }], /choice without choices/],
  ])('with options that contradict themselves is said to be wrong: %#', (options, problem) => {
    expect(read({ options })).toMatch(problem);
  });
});

it('reads every recipe that comes with the product, described in three languages', async () => {
  const folder = join(import.meta.dirname, '../../../trainers');
  const recipes = await scanRecipes([{ origin: 'recipe', folder }], ['mlp']);
  expect(recipes.map(({ name }) => name)).toEqual([
    'sklearn-tabular',
    'torch-cnn',
    'torch-mlp',
    'torch-tiny-transformer',
  ]);
  for (const { name, manifest } of recipes) {
    expect(typeof manifest === 'string' ? manifest : undefined).toBeUndefined();
    const text = readFileSync(join(folder, name, 'recipe.json'), 'utf8');
    const descriptions = JSON.stringify(JSON.parse(text)).match(/"description":\{[^}]*\}/g) ?? [];
    expect(descriptions.every((one) => /"en".*"ru".*"zh"/.test(one))).toBe(true);
  }
});
