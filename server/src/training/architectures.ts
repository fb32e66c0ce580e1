import type { Architecture, DatasetFormat, TrainingConfig } from '@hearth/contract';

/** What can be trained, with settings that work at first try on small data. */
export const architectures: readonly Architecture[] = [
  {
    name: 'logistic',
    data: 'tabular',
    description:
      'Logistic (or linear) regression on the columns of a table: quick, and a floor for the others.',
    defaults: {
      learning_rate: 0.05,
      batch_size: 32,
      epochs: 30,
      optimizer: 'adam',
      loss_function: 'cross_entropy',
    },
  },
  {
    name: 'mlp',
    data: 'tabular',
    description: 'A network with two hidden layers for tables: classes or numbers.',
    defaults: {
      learning_rate: 0.003,
      batch_size: 32,
      epochs: 40,
      optimizer: 'adam',
      loss_function: 'cross_entropy',
    },
  },
  {
    name: 'tiny-llama',
    data: 'text',
    description: 'A small llama-shaped language model that learns characters from one text and continues it.',
    defaults: {
      learning_rate: 0.003,
      batch_size: 16,
      epochs: 3,
      optimizer: 'adamw',
      loss_function: 'cross_entropy',
    },
  },
];

const tables: readonly DatasetFormat[] = ['csv', 'json', 'jsonl'];

/** Why this configuration cannot learn from data of this format, or undefined where it can. */
export function unsuitedBecause(
  architecture: Architecture,
  dataset: { name: string; format: DatasetFormat },
  config: Pick<TrainingConfig, 'loss_function' | 'target'>,
): string | undefined {
  const { name, data } = architecture;
  if (data === 'tabular' && !tables.includes(dataset.format))
    return `${name} learns from tables (csv, json, jsonl); ${dataset.name} is of the format ${dataset.format}.`;
  if (data === 'tabular') return undefined;
  if (dataset.format !== 'text')
    return `${name} learns from a text; ${dataset.name} is of the format ${dataset.format}.`;
  if (config.loss_function !== 'cross_entropy')
    return `A text is learned with the loss cross_entropy, not ${config.loss_function}.`;
  if (config.target !== undefined) return 'A text has no column to predict: leave target out.';
  return undefined;
}
