/** What a trained model says of itself; stored beside it and inside its ONNX file under "hearth". */
import type { Encoding } from '../data/encoding.ts';
import type { EpochEvent, Settled } from './options.ts';

/** Figures of the last epoch. */
interface FinalMetrics {
  readonly loss: number;
  readonly accuracy: number;
  readonly val_loss?: number;
  readonly val_accuracy?: number;
}

interface Common {
  readonly architecture: string;
  /** Layer widths and the like, by the architecture's own names. */
  readonly sizes: object;
  /** Number of weights. */
  readonly parameters: number;
  readonly metrics: FinalMetrics;
  readonly config: Settled;
  readonly versions: Readonly<Record<string, string>>;
}

export interface TabularMetadata extends Common {
  readonly task: 'classification' | 'regression';
  readonly target: string;
  /** Feature columns, in the order of the model's inputs. */
  readonly features: readonly Encoding[];
  /** Class names, in the order of the model's outputs. */
  readonly classes?: readonly string[];
}

export interface TextMetadata extends Common {
  readonly task: 'text-generation';
  /** Characters of tokens 1, 2, …; token 0 is unknown. */
  readonly vocabulary: readonly string[];
  readonly context_length: number;
}

/** JSON description of a trained model. */
export type ModelMetadata = TabularMetadata | TextMetadata;

/** The last epoch's figures under the API's names. */
export const finalMetrics = ({ loss, accuracy, valLoss, valAccuracy }: EpochEvent): FinalMetrics => ({
  loss,
  accuracy,
  ...(valLoss !== undefined && { val_loss: valLoss, val_accuracy: valAccuracy }),
});

/** The key of `metadata_props` that holds the JSON. */
export const metadataKey = 'hearth';
