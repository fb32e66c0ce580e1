/** What a run is asked to do, and what it says on the way. */
import { LearningError } from '../errors.ts';
import { type LossFunction, lossFunctions } from './losses.ts';
import { type OptimizerName, optimizerNames } from './optimizers.ts';

/** Configuration of a run; names and limits of the training API's TrainingConfig. */
export interface TrainingOptions {
  /** Step size, 0.0001 to 1. */
  readonly learning_rate: number;
  /** Rows, or text windows, per step: 1 to 256. */
  readonly batch_size: number;
  /** Passes, 1 to 1000. */
  readonly epochs: number;
  /** Default adam. */
  readonly optimizer?: OptimizerName;
  /** Default cross_entropy. */
  readonly loss_function?: LossFunction;
  /** Seed of everything random; default 0. */
  readonly seed?: number;
  /** Column to predict; default: label, target or class, else the last. */
  readonly target?: string;
  /** Part of the data held out, above 0 and below 0.9; default 0.2. */
  readonly validation_fraction?: number;
  /** Text only: steps per epoch; default: as many as read the text once. */
  readonly steps_per_epoch?: number;
}

/** Options with every default filled in, except those that depend on the data. */
export type Settled = TrainingOptions &
  Required<Pick<TrainingOptions, 'optimizer' | 'loss_function' | 'seed' | 'validation_fraction'>>;

function requireRange(name: string, value: number, low: number, high: number, whole: boolean): void {
  if (Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value))) return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new LearningError(
    'config.invalid',
    `${name} must be ${kind} from ${low} to ${high}, it is ${value}.`,
  );
}

/** Checks options and fills defaults; throws LearningError config.invalid. */
export function settle(options: TrainingOptions): Settled {
  const {
    optimizer = 'adam',
    loss_function = 'cross_entropy',
    seed = 0,
    validation_fraction = 0.2,
  } = options;
  requireRange('learning_rate', options.learning_rate, 0.0001, 1, false);
  requireRange('batch_size', options.batch_size, 1, 256, true);
  requireRange('epochs', options.epochs, 1, 1000, true);
  requireRange('seed', seed, 0, 2 ** 32 - 1, true);
  requireRange('validation_fraction', validation_fraction, 0.0001, 0.9, false);
  if (options.steps_per_epoch !== undefined) {
    requireRange('steps_per_epoch', options.steps_per_epoch, 1, 1_000_000, true);
  }
  if (!optimizerNames.includes(optimizer)) {
    throw new LearningError('config.invalid', `optimizer must be one of ${optimizerNames.join(', ')}.`);
  }
  if (!lossFunctions.includes(loss_function)) {
    throw new LearningError('config.invalid', `loss_function must be one of ${lossFunctions.join(', ')}.`);
  }
  return { ...options, optimizer, loss_function, seed, validation_fraction };
}

/** What a run reports. Losses are means; accuracies are fractions 0..1; `seconds` is the epoch's own time. */
export type TrainingEvent =
  | {
      readonly type: 'epoch';
      /** 1 … epochs, each exactly once. */
      readonly epoch: number;
      readonly loss: number;
      readonly accuracy: number;
      readonly valLoss?: number;
      readonly valAccuracy?: number;
      readonly seconds: number;
    }
  | {
      /** At most four a second. */
      readonly type: 'step';
      readonly epoch: number;
      /** Step within the epoch, from 1. */
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | {
      /** What the run can be resumed from; after an epoch, at most every ten seconds, and when it is stopped. */
      readonly type: 'checkpoint';
      /** Epochs that are done. */
      readonly epoch: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'log'; readonly level: 'INFO' | 'WARNING'; readonly message: string };

export type EpochEvent = Extract<TrainingEvent, { type: 'epoch' }>;
