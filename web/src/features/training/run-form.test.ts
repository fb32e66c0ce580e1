import { type Architecture, TrainingConfig } from '@hearth/contract';
import { expect, test } from 'vitest';
import {
  boundsOf,
  dataKind,
  defaultTarget,
  emptyRun,
  guessTarget,
  lossesFor,
  stepsOf,
  withDefaults,
} from './run-form.ts';

const mlp: Architecture = {
  name: 'mlp',
  data: 'tabular',
  origin: 'built-in',
  options: [],
  supports: { resume: true, gpus: false, nodes: false },
  requirements: [],
  problem: null,
  description: '',
  defaults: {
    learning_rate: 0.001,
    batch_size: 32,
    epochs: 20,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
};

test('defaults of an architecture on a data set make a configuration the contract accepts', () => {
  const values = withDefaults({ ...emptyRun, dataset_name: 'iris' }, mlp);
  expect(TrainingConfig.parse(values)).toMatchObject({
    model_architecture: 'mlp',
    epochs: 20,
    dataset_name: 'iris',
  });
});

test("the hints' bounds are the contract's: the bound passes, one step beyond is refused", () => {
  const valid = TrainingConfig.parse(withDefaults({ ...emptyRun, dataset_name: 'iris' }, mlp));
  const accepts = (change: object) => TrainingConfig.safeParse({ ...valid, ...change }).success;
  for (const [field, step] of [
    ['learning_rate', 0.00001],
    ['batch_size', 1],
    ['epochs', 1],
  ] as const) {
    const { min, max } = boundsOf(field);
    expect(accepts({ [field]: min }) && accepts({ [field]: max })).toBe(true);
    expect(accepts({ [field]: min - step }) || accepts({ [field]: max + step })).toBe(false);
  }
});

test('the target is found as the server finds it', () => {
  expect(defaultTarget(['a', 'Class', 'b'])).toBe('Class');
  expect(defaultTarget(['a', 'b'])).toBe('b');
  expect(defaultTarget([])).toBeUndefined();
});

test('many distinct numbers look like a quantity, words and few numbers like classes', () => {
  expect(guessTarget(Array.from({ length: 60 }, (_, i) => String(i * 1.5)))).toBe('numbers');
  expect(guessTarget(Array.from({ length: 60 }, (_, i) => String(i % 10)))).toBe('classes');
  expect(guessTarget(Array.from({ length: 60 }, (_, i) => `word ${i}`))).toBe('classes');
  expect(lossesFor('text', 'classes')).toEqual(['cross_entropy']);
  expect(lossesFor('tabular', 'numbers')).not.toContain('cross_entropy');
});

test('steps: 150 rows, a fifth held out, batches of 32, make 4 an epoch', () => {
  const values = { ...emptyRun, epochs: 10, batch_size: 32 };
  expect(stepsOf(values, { format: 'csv', sample_count: 150 })).toBe(40);
  expect(stepsOf({ ...values, steps_per_epoch: 30 }, { format: 'text', sample_count: 100_000 })).toBe(300);
  expect(stepsOf(values, { format: 'text', sample_count: 100_000 })).toBeUndefined();
  expect(dataKind({ format: 'zip' })).toBeUndefined();
});
