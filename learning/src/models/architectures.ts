/** The built-in architectures, as data: add a line here to offer another size or kind. */
import { LearningError } from '../errors.ts';
import type { LossFunction } from '../training/losses.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import type { LlamaSizes } from './llama.ts';
import type { PerceptronSizes } from './perceptron.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  /** A configuration that learns well on small data. */
  readonly defaults: {
    readonly learning_rate: number;
    readonly batch_size: number;
    readonly epochs: number;
    readonly optimizer: OptimizerName;
    readonly loss_function: LossFunction;
  };
}

/** A network to train: what it learns from, its sizes, and a configuration to start with. */
export type Architecture =
  | (Described & { readonly data: 'tabular'; readonly sizes: PerceptronSizes })
  | (Described & { readonly data: 'text'; readonly sizes: LlamaSizes });

const tabularDefaults = { batch_size: 32, optimizer: 'adam', loss_function: 'cross_entropy' } as const;

/** All architectures, simplest first. */
export const architectures: readonly Architecture[] = [
  {
    name: 'logistic',
    data: 'tabular',
    description: 'Logistic regression (linear regression for numbers)',
    sizes: { hidden: [] },
    defaults: { ...tabularDefaults, learning_rate: 0.01, epochs: 30 },
  },
  {
    name: 'mlp',
    data: 'tabular',
    description: 'Multilayer perceptron with two hidden layers of 64 units',
    sizes: { hidden: [64, 64] },
    defaults: { ...tabularDefaults, learning_rate: 0.003, epochs: 30 },
  },
  {
    name: 'tiny-llama',
    data: 'text',
    description: 'Character-level llama-shaped language model of about 210,000 weights',
    sizes: {
      width: 64,
      hidden: 192,
      layers: 4,
      heads: 4,
      groups: 2,
      context: 256,
      ropeBase: 10_000,
      epsilon: 1e-5,
    },
    defaults: {
      learning_rate: 0.01,
      batch_size: 4,
      epochs: 10,
      optimizer: 'adam',
      loss_function: 'cross_entropy',
    },
  },
];

/** The architecture of that name; throws LearningError architecture.unknown. */
export function getArchitecture(name: string): Architecture {
  const found = architectures.find((it) => it.name === name);
  if (found) return found;
  const known = architectures.map((it) => it.name).join(', ');
  throw new LearningError('architecture.unknown', `There is no architecture "${name}"; there are ${known}.`);
}
