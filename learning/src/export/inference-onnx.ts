/** Trained models as ONNX for prediction: weights inside, named as in the safetensors export. */
import { emitModel } from '../autodiff/emit.ts';
import { add, divide, multiply, subtract } from '../autodiff/ops/arithmetic.ts';
import { reshape, sum } from '../autodiff/ops/broadcast.ts';
import { softmax } from '../autodiff/ops/normalise.ts';
import { sigmoid } from '../autodiff/ops/pointwise.ts';
import { constant, input, scalar } from '../autodiff/tensor.ts';
import { type Encoding, standardisation } from '../data/encoding.ts';
import type { Model } from '../models/model.ts';
import { place, type Weights, weightsOf } from '../models/parameters.ts';
import type { LossFunction } from '../training/losses.ts';

type Metadata = Readonly<Record<string, string>>;

function stored(model: Model, weights: Float32Array): Weights {
  return new Map(
    place(model.parameters).map((it) => [it.name, constant(weightsOf(weights, it), it.shape, it.name)]),
  );
}

/**
 * Rows to predictions. Input `features` [batch, features] holds raw numbers and one-hot categories: standardising is
 * part of the graph. Output for classes: `probabilities` [batch, classes]; for numbers: `value` [batch, 1], in the
 * target's own unit.
 */
export function tabularOnnx(given: {
  readonly model: Model;
  readonly weights: Float32Array;
  readonly encodings: readonly Encoding[];
  readonly loss: LossFunction;
  /** Of a regression's target; undefined for classes. */
  readonly scale?: { readonly mean: number; readonly deviation: number };
  readonly metadata: Metadata;
}): Uint8Array {
  const { mean, deviation } = standardisation(given.encodings);
  const features = input('features', [1, mean.length], 'float32', true);
  const standard = divide(subtract(features, constant(mean)), constant(deviation));
  const scores = given.model.forward(stored(given.model, given.weights), standard);
  if (given.scale) {
    const value = add(multiply(scores, scalar(given.scale.deviation)), scalar(given.scale.mean));
    return emitModel({ value }, { metadata: given.metadata, dynamicOutputs: ['value'] });
  }
  const votes = sigmoid(scores);
  const probabilities = given.loss === 'bce' ? divide(votes, sum(votes, [1], true)) : softmax(scores);
  return emitModel({ probabilities }, { metadata: given.metadata, dynamicOutputs: ['probabilities'] });
}

/**
 * A text model: `input_ids` [1, context] int64 to `logits` [1, context, vocabulary]. Shorter texts are filled up
 * behind with zeros: attention is causal, so row i depends on tokens 0 … i alone.
 */
export function textOnnx(given: {
  readonly model: Model;
  readonly weights: Float32Array;
  readonly context: number;
  readonly metadata: Metadata;
}): Uint8Array {
  const ids = input('input_ids', [1, given.context], 'int64');
  const scores = given.model.forward(stored(given.model, given.weights), ids);
  const logits = reshape(scores, [1, given.context, scores.shape[1]!]);
  return emitModel({ logits }, { metadata: given.metadata });
}
