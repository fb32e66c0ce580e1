import { TrainingConfig } from '@hearth/contract';
import { expect, it } from 'vitest';
import { fieldProblem } from './field-problem.ts';

const right = {
  model_architecture: 'mlp',
  dataset_name: 'iris',
  learning_rate: 0.01,
  batch_size: 8,
  epochs: 3,
};

it.each([
  [{ epochs: 1001 }, 'не больше 1000'],
  [{ epochs: 0 }, 'не меньше 1'],
  [{ epochs: 1.5 }, 'нужно целое число'],
  [{ epochs: 'many' }, 'нужно число'],
  [{ dataset_name: '' }, 'знаков не меньше 1'],
  [{ dataset_name: 'd'.repeat(101) }, 'знаков не больше 100'],
  [{ dataset_name: undefined }, 'нужно указать'],
  [{ optimizer: 'luck' }, 'одно из: "adam", "sgd", "rmsprop", "adamw"'],
  [{ optimizer: null }, 'одно из: "adam", "sgd", "rmsprop", "adamw"'],
])('tells what is wrong with %o', (wrong, russian) => {
  const { error } = TrainingConfig.safeParse({ ...right, ...wrong });
  expect(fieldProblem(error!.issues[0]!.message)).toBe(russian);
});

it('has a word for what it does not know', () => {
  expect(fieldProblem('Be reasonable.')).toBe('такое значение не подходит');
});
