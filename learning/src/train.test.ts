import { describe, expect, it } from 'vitest';
import { recorder } from './testing/events.ts';
import { bundled } from './testing/files.ts';
import { train } from './train.ts';
import type { TrainingOptions } from './training/options.ts';

const config: TrainingOptions = { learning_rate: 0.01, batch_size: 16, epochs: 5, seed: 4 };

it('learns handwritten digits with at least 0.95 test accuracy', async () => {
  const run = recorder();
  const options = { learning_rate: 0.003, batch_size: 32, epochs: 15, seed: 0 };
  const { metadata } = await train({
    architecture: 'mlp',
    data: bundled('digits.csv'),
    config: options,
    ...run,
  });
  const seconds = run.epochs().map((it) => it.seconds);
  const best = (1000 * Math.min(...seconds)).toFixed(1);
  console.info(
    `digits: accuracy ${metadata.metrics.val_accuracy} on 359 unseen rows, ${best} ms an epoch of 1,438`,
  );
  expect(metadata.metrics.val_accuracy).toBeGreaterThanOrEqual(0.95);
});

it('reports each epoch once, describes the model, and repeats for a seed', async () => {
  const runs = [recorder(), recorder()];
  const models = [];
  for (const run of runs) {
    models.push(await train({ architecture: 'logistic', data: bundled('iris.csv'), config, ...run }));
  }
  expect(runs[0]!.epochs().map((it) => it.epoch)).toEqual([1, 2, 3, 4, 5]);
  const [first, second] = models.map((it) => it.artifacts.map((artifact) => Buffer.from(artifact.bytes)));
  expect(first!.every((bytes, index) => bytes.equals(second![index]!))).toBe(true);
  expect(models[0]!.metadata).toMatchObject({
    architecture: 'logistic',
    task: 'classification',
    target: 'species',
    classes: ['setosa', 'versicolor', 'virginica'],
    parameters: 15,
    config: { optimizer: 'adam', loss_function: 'cross_entropy', seed: 4 },
  });
  expect(models[0]!.metadata.metrics.val_accuracy).toBe(runs[0]!.epochs()[4]!.valAccuracy);

  const other = await train({
    architecture: 'logistic',
    data: bundled('iris.csv'),
    config: { ...config, seed: 5 },
  });
  expect(Buffer.from(other.artifacts[0]!.bytes).equals(first![0]!)).toBe(false);
});

describe('stopping', () => {
  it('rejects with an AbortError soon, and reports nothing afterwards', async () => {
    const run = recorder();
    const stop = new AbortController();
    let stoppedAt = 0;
    const promise = train({
      architecture: 'mlp',
      data: bundled('digits.csv'),
      config: { ...config, epochs: 1000, batch_size: 1 },
      signal: stop.signal,
      onEvent(event) {
        run.onEvent(event);
        if (event.type !== 'epoch' || stop.signal.aborted) return;
        stoppedAt = performance.now();
        stop.abort();
      },
    });
    await expect(promise).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
    expect(run.epochs().length).toBeLessThanOrEqual(2);
  });

  it('does not begin when it was aborted before', async () => {
    const signal = AbortSignal.abort();
    const promise = train({ architecture: 'mlp', data: bundled('iris.csv'), config, signal });
    await expect(promise).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});

it.each([
  [
    'a LearningError with its code',
    { text: '', format: 'csv' },
    { name: 'LearningError', code: 'dataset.no_rows' },
  ],
  ['any other error as it is', { text: undefined, format: 'csv' } as never, { name: 'TypeError' }],
])('carries %s out of the worker', async (_name, data, error) => {
  await expect(train({ architecture: 'mlp', data, config })).rejects.toThrow(expect.objectContaining(error));
});
