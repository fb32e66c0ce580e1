import { expect, it } from 'vitest';
import { readPng } from '../testing/telegram/png.ts';
import { metricChart } from './metric-chart.ts';
import { toPng } from './picture.ts';

const row = (epoch: number, over: object = {}) => ({
  epoch,
  loss: 1 / epoch,
  accuracy: 1 - 1 / (epoch + 1),
  val_loss: 1.2 / epoch,
  val_accuracy: null,
  ...over,
});

/** How many different bytes a picture's rows hold: one drawn without letters or lines has a handful. */
const variety = (png: Uint8Array) => new Set(readPng(Buffer.from(png)).rows).size;

it('draws loss and accuracy over the epochs, names and all', async () => {
  const svg = metricChart('mlp на <iris> & Co', [row(1), row(2), row(3)])!;
  expect(svg).toContain('mlp на &lt;iris&gt; &amp; Co');
  for (const word of ['Потери', 'Точность', 'обучение', 'проверка', 'эпоха']) expect(svg).toContain(word);
  const png = await toPng(svg);
  expect(readPng(Buffer.from(png))).toMatchObject({ width: 1280 });
  expect(variety(png)).toBeGreaterThan(100);
});

it('has Cyrillic letters: the picture changes with the word', async () => {
  const word = (text: string) =>
    toPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" font-family="DejaVu Sans"><text y="30" font-size="30">${text}</text></svg>`,
      200,
    );
  const [one, other, blank] = await Promise.all(['Щука', 'Жаба', ''].map(word));
  expect(Buffer.from(one!).equals(Buffer.from(other!))).toBe(false);
  expect(variety(one!)).toBeGreaterThan(variety(blank!) + 20);
});

it('leaves out what was not measured', () => {
  expect(metricChart('x', [])).toBeUndefined();
  const lossOnly = metricChart('x', [row(1, { accuracy: null, val_loss: null })])!;
  expect(lossOnly).not.toContain('Точность');
  expect(lossOnly).not.toContain('проверка');
});

it.each([
  ['one epoch', [row(1)]],
  ['a loss that stays', [row(1, { loss: 0 }), row(2, { loss: 0 })]],
  ['a thousand epochs', Array.from({ length: 1000 }, (_, index) => row(index + 1))],
  ['huge and tiny', [row(1, { loss: 1e12 }), row(2, { loss: 1e-12 })]],
])('draws %s', async (_, rows) => {
  expect(metricChart('x', rows)).not.toMatch(/NaN|Infinity|undefined/);
  expect(variety(await toPng(metricChart('x', rows)!))).toBeGreaterThan(50);
});
