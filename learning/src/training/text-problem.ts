/** Training on windows of a text: predict each next character. */
import { type TextDataset, vocabularySize } from '../data/text.ts';
import { unknownCopies } from '../export/vocabulary.ts';
import { type LlamaSizes, llama } from '../models/llama.ts';
import type { Model } from '../models/model.ts';
import type { Random } from '../random.ts';
import type { Batch, Problem } from './problem.ts';

const evaluationWindows = 4;
/** Windows computed at once: 16 of 256 characters take about 0.4 GB in the default model. */
const mostWindows = 16;

/** Fills one window of a batch from `start`: inputs and, one later, targets. Answers how many targets there are. */
function fill(batch: Batch, row: number, context: number, ids: BigInt64Array, start: number): number {
  const count = Math.max(0, Math.min(context, ids.length - 1 - start));
  const at = row * context;
  const { x, targets } = batch as { x: BigInt64Array; targets: BigInt64Array };
  x.fill(0n, at, at + context).set(ids.subarray(start, start + count), at);
  targets.fill(0n, at, at + context).set(ids.subarray(start + 1, start + 1 + count), at);
  batch.rowWeights.fill(1, at, at + count).fill(0, at + count, at + context);
  return count;
}

function emptyBatch(rows: number) {
  return {
    x: new BigInt64Array(rows),
    targets: new BigInt64Array(rows),
    rowWeights: new Float32Array(rows),
    weight: 0,
    share: 1,
  };
}

/** A text run's problem, with the model that its export needs. `steps` defaults to reading the text once. */
export function textProblem(
  dataset: TextDataset,
  sizes: LlamaSizes,
  batchSize: number,
  steps?: number,
): Problem & { readonly model: Model } {
  const { context } = sizes;
  const model = llama(sizes, vocabularySize(dataset.vocabulary), unknownCopies);
  const training = BigInt64Array.from(dataset.training, BigInt);
  const validation = BigInt64Array.from(dataset.validation, BigInt);
  const stepsPerEpoch = steps ?? Math.max(1, Math.round(training.length / (batchSize * context)));
  const windows = Math.min(batchSize, mostWindows);
  const partsPerStep = Math.ceil(batchSize / windows);
  const objective = (count: number) => ({
    model,
    loss: 'cross_entropy' as const,
    target: 'classes' as const,
    x: { type: 'int64' as const, shape: [count, context] },
    rows: count * context,
  });

  return {
    model,
    training: objective(windows),
    evaluation: objective(evaluationWindows),
    stepsPerEpoch,
    partsPerStep,
    schedule: 'cosine',
    clip: 1,
    *trainingBatches(random: Random) {
      const batch = emptyBatch(windows * context);
      for (let part = 0; part < stepsPerEpoch * partsPerStep; part++) {
        const used = Math.min(windows, batchSize - (part % partsPerStep) * windows);
        batch.rowWeights.fill(0);
        for (let row = 0; row < used; row++) {
          fill(batch, row, context, training, random.below(training.length - context));
        }
        yield { ...batch, weight: used * context, share: used / batchSize };
      }
    },
    *validationBatches() {
      const batch = emptyBatch(evaluationWindows * context);
      for (let start = 0; start < validation.length - 1; start += evaluationWindows * context) {
        let weight = 0;
        for (let row = 0; row < evaluationWindows; row++) {
          weight += fill(batch, row, context, validation, start + row * context);
        }
        yield { ...batch, weight };
      }
    },
    accuracy: (_part, score, weight) => score / weight,
  };
}
