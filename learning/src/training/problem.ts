import type { Random } from '../random.ts';
import type { Values } from '../runtime/session.ts';
import type { Objective } from './graphs.ts';

/** One batch, ready to feed. The same three arrays are reused, together, by the next batch. */
export interface Batch {
  readonly x: Values;
  /** [rows] */
  readonly targets: Values;
  /** [rows]: 0 for rows that only fill the batch. */
  readonly rowWeights: Float32Array;
  /** Sum of rowWeights. */
  readonly weight: number;
  /** Its part of the step's whole weight: 1 unless a step has several parts. */
  readonly share: number;
}

/** Data and model of a run, whatever they are: what the training loop needs to know. */
export interface Problem {
  /** The objective of a training step, and of an evaluation batch. */
  readonly training: Objective;
  readonly evaluation: Objective;
  readonly stepsPerEpoch: number;
  /** Batches that make one step; more than 1 where a step's rows do not fit into memory at once. */
  readonly partsPerStep: number;
  /** Learning rate over the run: constant, or warmed up and then lowered along a cosine. */
  readonly schedule: 'constant' | 'cosine';
  /** Longest gradient allowed, if limited. */
  readonly clip?: number;
  trainingBatches(random: Random): Iterable<Batch>;
  validationBatches(): Iterable<Batch>;
  /** Accuracy 0..1 from the sum of row scores and of row weights. */
  accuracy(part: 'training' | 'validation', score: number, weight: number): number;
}
