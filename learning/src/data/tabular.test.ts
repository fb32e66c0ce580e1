import { expect, it } from 'vitest';
import { parseDelimited } from './delimited.ts';
import { prepareTable } from './tabular.ts';

const source = [
  'x,colour,label',
  ...Array.from({ length: 50 }, (_, i) => `${i},${i % 2 ? 'red' : ''},${i % 2}`),
];
const table = parseDelimited(source.join('\n'));

it('holds out the wished part, by seed, without overlap', () => {
  const { training, validation } = prepareTable(table, { seed: 1, validationFraction: 0.3 });
  expect([training.count, validation.count]).toEqual([35, 15]);
  const xs = (rows: typeof training) => Array.from({ length: rows.count }, (_, row) => rows.x[row * 3]!);
  expect(
    xs(training)
      .concat(xs(validation))
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(xs(prepareTable(table, { seed: 1, validationFraction: 0.3 }).training)).toEqual(xs(training));
  expect(xs(prepareTable(table, { seed: 2, validationFraction: 0.3 }).training)).not.toEqual(xs(training));
});

it('learns encodings from the training rows alone', () => {
  const { encodings, training } = prepareTable(table, { seed: 3 });
  const xs = Array.from({ length: training.count }, (_, row) => training.x[row * 3]!);
  const mean = xs.reduce((total, x) => total + x, 0) / xs.length;
  expect(encodings[0]).toMatchObject({ column: 'x', mean: expect.closeTo(mean, 9) });
});

it('leaves out rows without a target and columns without a meaning, and says so', () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},name ${i},${i === 7 ? '' : `k${i % 3}`}`);
  const dataset = prepareTable(parseDelimited(`x,name,kind\n${rows.join('\n')}`), { seed: 0 });
  expect(dataset.training.count + dataset.validation.count).toBe(59);
  expect(dataset.encodings.map((it) => it.column)).toEqual(['x']);
  expect(dataset.notes.join(' ')).toMatch(/1 rows have no value in kind.*Column name is left out/);
});

it.each([
  ['label\n1\n0\n1\n0', 'dataset.no_features'],
  ['x,label\n1,a', 'dataset.no_rows'],
])('refuses %j', (text, code) => {
  expect(() => prepareTable(parseDelimited(text), { seed: 0 })).toThrow(expect.objectContaining({ code }));
});
