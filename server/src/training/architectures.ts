import type { Architecture, DatasetFormat, TrainingConfig } from '@hearth/contract';

/** What the trainers built into agents have in common. */
const builtIn = {
  origin: 'built-in',
  options: [],
  supports: { resume: true, gpus: false, nodes: false },
  requirements: [],
  problem: null,
} as const satisfies Partial<Architecture>;
const tables: DatasetFormat[] = ['csv', 'json', 'jsonl'];

/** What every agent can train, with settings that work at first try on small data. */
export const builtInArchitectures: readonly Architecture[] = [
  {
    ...builtIn,
    name: 'logistic',
    formats: tables,
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
    ...builtIn,
    name: 'mlp',
    formats: tables,
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
    ...builtIn,
    name: 'tiny-llama',
    formats: ['text'],
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

/** Why this configuration cannot learn from data of this format, or undefined where it can. */
export function unsuitedBecause(
  architecture: Architecture,
  dataset: { name: string; format: DatasetFormat },
  config: Pick<TrainingConfig, 'loss_function' | 'target' | 'gpus' | 'nodes'>,
): string | undefined {
  const { name, data, formats = [], supports } = architecture;
  const isOf = `${dataset.name} is of the format ${dataset.format}`;
  if (!formats.includes(dataset.format)) {
    const what = { tabular: 'tables', text: 'a text', images: 'images' }[data];
    return `${name} learns from ${what} (${formats.join(', ')}); ${isOf}.`;
  }
  if ((config.gpus ?? 0) > 0 && !supports.gpus) return `${name} makes no use of GPUs: leave gpus out.`;
  if ((config.nodes ?? 1) > 1 && !supports.nodes)
    return `${name} trains on one machine only: leave nodes out.`;
  if (data !== 'text') return undefined;
  if (config.loss_function !== 'cross_entropy')
    return `A text is learned with the loss cross_entropy, not ${config.loss_function}.`;
  if (config.target !== undefined) return 'A text has no column to predict: leave target out.';
  return undefined;
}
