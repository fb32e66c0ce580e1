import {
  type Architecture,
  type Dataset,
  type DatasetFormat,
  TrainingConfig,
  type TrainingRun,
} from '@hearth/contract';

/** What the form holds: numbers are undefined while a field is empty. */
export interface RunValues {
  model_architecture: string;
  dataset_name: string;
  learning_rate?: number;
  batch_size?: number;
  epochs?: number;
  optimizer: string;
  loss_function: string;
  seed?: number;
  priority?: number;
  target?: string;
  validation_fraction?: number;
  steps_per_epoch?: number;
  gpus?: number;
  nodes?: number;
  experiment?: string;
  /** The recipe's own options; absent ones are as the recipe has them. */
  options?: Record<string, string | number | boolean>;
}
export const emptyRun: RunValues = {
  model_architecture: '',
  dataset_name: '',
  learning_rate: undefined,
  batch_size: undefined,
  epochs: undefined,
  optimizer: 'adam',
  loss_function: 'cross_entropy',
  seed: undefined,
  priority: undefined,
  target: undefined,
  validation_fraction: undefined,
  steps_per_epoch: undefined,
  gpus: undefined,
  nodes: undefined,
  experiment: undefined,
  options: undefined,
};
const textFormats: readonly DatasetFormat[] = ['text'];
const tableFormats: readonly DatasetFormat[] = ['csv', 'json', 'jsonl'];

/** What can be learnt from a data set; undefined where training can't read its format. */
export function dataKind(dataset: Pick<Dataset, 'format'>): Architecture['data'] | undefined {
  if (textFormats.includes(dataset.format)) return 'text';
  return tableFormats.includes(dataset.format) ? 'tabular' : undefined;
}

/** What can learn from this data set. */
export const suitedTo = (
  dataset: Pick<Dataset, 'format'>,
  architectures: readonly Architecture[],
): Architecture[] => architectures.filter(({ formats = [] }) => formats.includes(dataset.format));

const usualOptions = (options: Architecture['options']) =>
  Object.fromEntries(
    options.flatMap(({ name, default: usual }) => (usual === undefined ? [] : [[name, usual] as const])),
  );

/** An architecture's sensible beginning, keeping data set, seed and priority. */
export const withDefaults = (
  values: RunValues,
  { name, data, defaults, options, supports }: Architecture,
): RunValues => ({
  ...values,
  ...defaults,
  model_architecture: name,
  target: data === 'text' ? undefined : values.target,
  steps_per_epoch: data === 'text' ? values.steps_per_epoch : undefined,
  gpus: supports.gpus ? values.gpus : undefined,
  nodes: supports.nodes ? values.nodes : undefined,
  options: options.length > 0 ? usualOptions(options) : undefined,
});

/** The column the server takes where none is chosen: the one named label, target or class, else the last. */
export const defaultTarget = (columns: readonly string[]): string | undefined =>
  columns.find((column) => /^(label|target|class)$/i.test(column)) ?? columns[columns.length - 1];

export type TargetKind = 'classes' | 'numbers';
/** More distinct numbers than this, or numbers that hardly repeat, are a quantity and not classes. */
const mostClasses = 20;

/** What the target's first values look like. The server decides by the whole column; this only suggests. */
export function guessTarget(values: readonly string[]): TargetKind {
  const given = values.map((value) => value.trim()).filter(Boolean);
  const isNumeric = given.length > 0 && given.every((value) => !Number.isNaN(Number(value)));
  const few = Math.max(2, Math.min(mostClasses, given.length / 2));
  return isNumeric && new Set(given).size > few ? 'numbers' : 'classes';
}

/** Losses that go with what is predicted; text takes cross entropy only. */
export function lossesFor(data: Architecture['data'], target: TargetKind): TrainingConfig['loss_function'][] {
  if (data === 'text') return ['cross_entropy'];
  return target === 'numbers' ? ['mse', 'mae'] : ['cross_entropy', 'bce', 'mse', 'mae'];
}

/** Steps a run will take, where the contract tells enough: rows held out leave, the last batch may be short. */
export function stepsOf(
  values: RunValues,
  dataset: Pick<Dataset, 'format' | 'sample_count'>,
): number | undefined {
  const { epochs, batch_size, steps_per_epoch, validation_fraction = 0.2 } = values;
  if (!epochs) return undefined;
  if (dataKind(dataset) === 'text') return steps_per_epoch ? steps_per_epoch * epochs : undefined;
  if (!batch_size || !dataset.sample_count) return undefined;
  const rows = dataset.sample_count - Math.round(dataset.sample_count * validation_fraction);
  return Math.ceil(rows / batch_size) * epochs;
}

/** A run's form again, for "run again". */
export const valuesOf = ({ config }: Pick<TrainingRun, 'config'>): RunValues => ({ ...emptyRun, ...config });

/** The bounds the contract sets, for hints. */
export function boundsOf(field: 'learning_rate' | 'batch_size' | 'epochs'): { min: number; max: number } {
  const { minValue, maxValue } = TrainingConfig.shape[field];
  return { min: minValue ?? Number.NEGATIVE_INFINITY, max: maxValue ?? Number.POSITIVE_INFINITY };
}
