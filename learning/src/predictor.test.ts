import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPredictor, type Predictor } from './predictor.ts';
import { seededRandom } from './random.ts';
import { recorder } from './testing/events.ts';
import { bundled } from './testing/files.ts';
import { train } from './train.ts';

describe('classes', () => {
  let predictor: Predictor;
  beforeAll(async () => {
    const config = { learning_rate: 0.05, batch_size: 16, epochs: 20 };
    const { artifacts } = await train({ architecture: 'logistic', data: bundled('iris.csv'), config });
    predictor = await createPredictor(artifacts[0]!.bytes);
  });
  afterAll(() => predictor.close());
  const setosa = { sepal_length_cm: 5.1, sepal_width_cm: '3.5', petal_length_cm: 1.4, petal_width_cm: 0.2 };
  const virginica = { sepal_length_cm: 7.2, sepal_width_cm: 3, petal_length_cm: 6.1, petal_width_cm: 2.3 };

  it('predicts from raw values, in the order asked, with probabilities that sum to 1', async () => {
    const predictions = await predictor.predict([setosa, virginica, { ...setosa, species: null }]);
    expect(predictions.map((it) => it.label)).toEqual(['setosa', 'virginica', 'setosa']);
    const total = Object.values(predictions[0]!.probabilities!).reduce((sum, it) => sum + it, 0);
    expect(total).toBeCloseTo(1, 5);
    expect(await predictor.predict([])).toEqual([]);
  });

  it('fills what is unknown', async () => {
    const [prediction] = await predictor.predict([{ ...setosa, sepal_length_cm: null, sepal_width_cm: '?' }]);
    expect(prediction!.label).toBe('setosa');
  });

  it('rejects a file that the runtime cannot load', async () => {
    await expect(createPredictor(Uint8Array.of(1, 2, 3), predictor.metadata)).rejects.toThrow();
  });

  it.each([
    ['prediction.column_missing', { sepal_length_cm: 1 }, 'sepal_width_cm'],
    ['prediction.column_unknown', { ...setosa, colour: 'red' }, 'colour'],
    ['prediction.value_unreadable', { ...setosa, petal_width_cm: 'wide' }, 'wide'],
  ])('refuses with %s', async (code, row, named) => {
    const promise = predictor.predict([virginica, row]);
    await expect(promise).rejects.toThrow(expect.objectContaining({ code }));
    await expect(promise).rejects.toThrow(new RegExp(`Row 2: .*${named}`));
  });
});

it('learns numbers with a category and gaps, in the unit of the target', async () => {
  const random = seededRandom(1);
  const rows = Array.from({ length: 400 }, () => {
    const [x, kind] = [random.next() * 100, random.below(2)];
    return {
      x: random.next() < 0.05 ? null : x,
      kind: ['small', 'large'][kind],
      price: 500 + 3 * x + 200 * kind,
    };
  });
  const run = recorder();
  const { artifacts, metadata } = await train({
    architecture: 'mlp',
    data: { text: JSON.stringify(rows), format: 'json' },
    config: { learning_rate: 0.01, batch_size: 16, epochs: 20 },
    ...run,
  });
  expect(metadata).toMatchObject({ task: 'regression', target: 'price', config: { loss_function: 'mse' } });
  expect(run.events).toContainEqual(expect.objectContaining({ type: 'log', level: 'WARNING' }));
  expect(metadata.metrics.val_accuracy).toBeGreaterThan(0.85);

  const predictor = await createPredictor(artifacts[0]!.bytes, metadata);
  const [low, high] = await predictor.predict([
    { x: 50, kind: 'small' },
    { x: 50, kind: 'large' },
  ]);
  expect(low!.value).toBeCloseTo(650, -2);
  expect(high!.value! - low!.value!).toBeCloseTo(200, -2);
  await predictor.close();
  await expect(predictor.predict([{ x: 1, kind: 'small' }])).rejects.toThrow('closed');
});

it.each(['mse', 'mae', 'bce'] as const)('trains classes with %s', async (loss_function) => {
  const config = { learning_rate: 0.01, batch_size: 16, epochs: 30, loss_function };
  const { artifacts, metadata } = await train({ architecture: 'mlp', data: bundled('iris.csv'), config });
  expect(metadata.metrics.val_accuracy).toBeGreaterThan(0.85);
  const predictor = await createPredictor(artifacts[0]!.bytes);
  const [only] = await predictor.predict([
    { sepal_length_cm: 5.1, sepal_width_cm: 3.5, petal_length_cm: 1.4, petal_width_cm: 0.2 },
  ]);
  expect(Object.values(only!.probabilities!).reduce((sum, it) => sum + it, 0)).toBeCloseTo(1, 5);
  await predictor.close();
});

it('refuses what is no tabular model', async () => {
  await expect(createPredictor(new Uint8Array(0))).rejects.toThrow('does not describe its columns');
});
