/** Training on encoded rows. */
import { standardisation } from '../data/encoding.ts';
import type { Rows, TabularDataset } from '../data/tabular.ts';
import type { Model } from '../models/model.ts';
import { type PerceptronSizes, perceptron } from '../models/perceptron.ts';
import type { Random } from '../random.ts';
import type { LossFunction } from './losses.ts';
import type { Batch, Problem } from './problem.ts';

/** Mean and deviation of a regression's targets over the training rows; 0 and 1 for classes. */
export interface TargetScale {
  readonly mean: number;
  readonly deviation: number;
}

/** A part of the data as the model sees it: standardised x and targets. */
interface Part extends Rows {
  /** Σ(y − mean)² of the part: what R² compares with. */
  readonly spread: number;
}

const largestEvaluation = 256;

function scaleOf(targets: Float64Array): TargetScale {
  const mean = targets.reduce((total, it) => total + it, 0) / targets.length;
  const variance = targets.reduce((total, it) => total + (it - mean) ** 2, 0) / targets.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function standardise(rows: Rows, dataset: TabularDataset, scale: TargetScale): Part {
  const { mean, deviation } = standardisation(dataset.encodings);
  const x = rows.x.map((value, at) => (value - mean[at % mean.length]!) / deviation[at % mean.length]!);
  const targets = rows.targets.map((value) => (value - scale.mean) / scale.deviation);
  const centre = targets.reduce((total, it) => total + it, 0) / targets.length;
  return {
    count: rows.count,
    x,
    targets,
    spread: targets.reduce((total, it) => total + (it - centre) ** 2, 0),
  };
}

/** Cuts rows, in the given order, into batches of `size`; the last one is filled up with rows of weight 0. */
function* batches(part: Part, order: Int32Array, size: number, classes: boolean): Generator<Batch> {
  const features = part.x.length / part.count;
  const x = new Float32Array(size * features);
  const targets = classes ? new BigInt64Array(size) : new Float32Array(size);
  const rowWeights = new Float32Array(size);
  for (let start = 0; start < order.length; start += size) {
    const weight = Math.min(size, order.length - start);
    for (let row = 0; row < weight; row++) {
      const from = order[start + row]!;
      x.set(part.x.subarray(from * features, (from + 1) * features), row * features);
      if (targets instanceof BigInt64Array) targets[row] = BigInt(part.targets[from]!);
      else targets[row] = part.targets[from]!;
    }
    rowWeights.fill(1, 0, weight).fill(0, weight);
    yield { x, targets, rowWeights, weight, share: 1 };
  }
}

const inOrder = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index);

/** A tabular run's problem, with the model and the scale that its export needs. */
export function tabularProblem(
  dataset: TabularDataset,
  sizes: PerceptronSizes,
  loss: LossFunction,
  batchSize: number,
): Problem & { readonly model: Model; readonly scale: TargetScale } {
  const { task, features } = dataset;
  const classes = task.kind === 'classification';
  const model = perceptron(sizes, features, classes ? task.classes.length : 1);
  const scale = classes ? { mean: 0, deviation: 1 } : scaleOf(dataset.training.targets);
  const training = standardise(dataset.training, dataset, scale);
  const validation = standardise(dataset.validation, dataset, scale);
  const objective = (rows: number) => ({
    model,
    loss,
    target: classes ? ('classes' as const) : ('numbers' as const),
    x: { type: 'float32' as const, shape: [rows, features] },
    rows,
  });
  const size = Math.min(batchSize, training.count);
  const evaluationSize = Math.min(largestEvaluation, validation.count);

  return {
    model,
    scale,
    training: objective(size),
    evaluation: objective(evaluationSize),
    stepsPerEpoch: Math.ceil(training.count / size),
    partsPerStep: 1,
    schedule: 'constant',
    trainingBatches: (random: Random) =>
      batches(training, random.shuffle(inOrder(training.count)), size, classes),
    validationBatches: () => batches(validation, inOrder(validation.count), evaluationSize, classes),
    accuracy(part, score, weight) {
      if (classes) return score / weight;
      const { spread } = part === 'training' ? training : validation;
      return spread > 0 ? Math.min(1, Math.max(0, 1 - score / spread)) : 0;
    },
  };
}
