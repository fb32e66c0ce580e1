/** A whole run on the calling thread: data in, trained artifacts out. train.ts puts it into a worker. */
import { env } from 'onnxruntime-node';
import { decodeUtf8, readTable } from '../data/read.ts';
import { prepareTable } from '../data/tabular.ts';
import { prepareText } from '../data/text.ts';
import { LearningError } from '../errors.ts';
import { tabularOnnx, textOnnx } from '../export/inference-onnx.ts';
import { llamaGguf } from '../export/llama-gguf.ts';
import { writeSafetensors } from '../export/safetensors.ts';
import { type Architecture, getArchitecture } from '../models/architectures.ts';
import type { Model } from '../models/model.ts';
import { countWeights, place, weightsOf } from '../models/parameters.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { type FitContext, type Fitted, fitModel } from './fit-model.ts';
import type { LossFunction } from './losses.ts';
import { finalMetrics, type ModelMetadata, metadataKey } from './metadata.ts';
import { type Settled, settle, type TrainingOptions } from './options.ts';
import type { Beginning } from './resume.ts';
import { tabularProblem } from './tabular-problem.ts';
import { textProblem } from './text-problem.ts';

/** What to train on: a file's bytes (UTF-8) or its text, and its format: csv, json, jsonl or text. */
export type TrainingData = { readonly format: string } & (
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
);

export interface TrainingRequest {
  /** Name of a built-in architecture: logistic, mlp, tiny-llama. */
  readonly architecture: string | Architecture;
  readonly data: TrainingData;
  readonly config: TrainingOptions;
  /**
   * A checkpoint to begin with. `epochsDone` of this run's epochs are behind it: 0 for a new run, which takes the
   * weights alone; else the run goes on exactly where it was.
   */
  readonly resume?: { readonly bytes: Uint8Array; readonly epochsDone: number } | undefined;
}

/** One file of a trained model. */
export interface Artifact {
  readonly name: string;
  readonly format: 'onnx' | 'safetensors' | 'gguf';
  readonly bytes: Uint8Array;
}

/** A trained model: its files, the main one first (GGUF for text, ONNX otherwise), and what it says of itself. */
export interface TrainedModel {
  readonly artifacts: readonly Artifact[];
  readonly metadata: ModelMetadata;
}

type Of<Kind> = Extract<Architecture, { data: Kind }>;

const info = (context: FitContext, message: string) =>
  context.onEvent({ type: 'log', level: 'INFO', message });
const warn = (context: FitContext, message: string) =>
  context.onEvent({ type: 'log', level: 'WARNING', message });

function common(architecture: Architecture, model: Model, fitted: Fitted, config: Settled) {
  return {
    architecture: architecture.name,
    sizes: architecture.sizes,
    parameters: countWeights(model.parameters),
    metrics: finalMetrics(fitted.last),
    config,
    versions: { onnxruntime: env.versions.node ?? env.versions.common, node: process.versions.node },
  };
}

function safetensors(model: Model, weights: Float32Array, metadata: ModelMetadata): Artifact {
  const tensors = place(model.parameters).map((it) => ({
    name: it.name,
    shape: it.shape,
    data: weightsOf(weights, it),
  }));
  const bytes = writeSafetensors(tensors, { format: 'pt', [metadataKey]: JSON.stringify(metadata) });
  return { name: 'model.safetensors', format: 'safetensors', bytes };
}

/** The loss a tabular task can use; cross_entropy, the general default, becomes mse for numbers. */
function suitedLoss(
  wished: LossFunction,
  task: 'classification' | 'regression',
  context: FitContext,
): LossFunction {
  if (task === 'classification' || wished === 'mse' || wished === 'mae') return wished;
  if (wished === 'bce') {
    throw new LearningError(
      'config.loss_unsuited',
      'The target is a number: bce needs classes. Use mse or mae.',
    );
  }
  warn(context, 'The target is a number, for which cross_entropy has no meaning: training with mse.');
  return 'mse';
}

async function trainTable(
  architecture: Of<'tabular'>,
  text: string,
  format: string,
  given: Settled,
  context: FitContext,
  from: Beginning | undefined,
) {
  const dataset = prepareTable(readTable(text, format), {
    target: given.target,
    validationFraction: given.validation_fraction,
    seed: given.seed,
  });
  for (const note of dataset.notes) warn(context, note);
  const { task, target, encodings } = dataset;
  const config = { ...given, loss_function: suitedLoss(given.loss_function, task.kind, context) };
  const problem = tabularProblem(dataset, architecture.sizes, config.loss_function, config.batch_size);
  const aim = task.kind === 'classification' ? `${task.classes.length} classes of ${target}` : target;
  const rows = `${dataset.training.count} rows, ${dataset.validation.count} held out`;
  info(context, `Learning ${aim} from ${encodings.length} columns: ${rows}.`);

  const fitted = await fitModel(problem, config, context, architecture.name, from);
  const { model, scale } = problem;
  const metadata: ModelMetadata = {
    ...common(architecture, model, fitted, config),
    task: task.kind,
    target,
    features: encodings,
    ...(task.kind === 'classification' && { classes: task.classes }),
  };
  const bytes = tabularOnnx({
    model,
    weights: fitted.weights,
    encodings,
    loss: config.loss_function,
    scale: task.kind === 'regression' ? scale : undefined,
    metadata: { [metadataKey]: JSON.stringify(metadata) },
  });
  const onnx: Artifact = { name: 'model.onnx', format: 'onnx', bytes };
  return { artifacts: [onnx, safetensors(model, fitted.weights, metadata)], metadata };
}

async function trainText(
  architecture: Of<'text'>,
  text: string,
  config: Settled,
  context: FitContext,
  from: Beginning | undefined,
) {
  if (config.loss_function !== 'cross_entropy') {
    const message = `A text is learned with cross_entropy, not with ${config.loss_function}.`;
    throw new LearningError('config.loss_unsuited', message);
  }
  const { sizes } = architecture;
  const dataset = prepareText(text, sizes.context, config.validation_fraction);
  const problem = textProblem(dataset, sizes, config.batch_size, config.steps_per_epoch);
  const { model } = problem;
  const { training, validation, vocabulary } = dataset;
  const amount = `${training.length} characters (${vocabulary.characters.length} different)`;
  info(
    context,
    `Learning from ${amount}, ${validation.length} held out; ${problem.stepsPerEpoch} steps an epoch.`,
  );

  const fitted = await fitModel(problem, config, context, architecture.name, from);
  const { weights } = fitted;
  const metadata: ModelMetadata = {
    ...common(architecture, model, fitted, config),
    task: 'text-generation',
    vocabulary: vocabulary.characters,
    context_length: sizes.context,
  };
  const json = { [metadataKey]: JSON.stringify(metadata) };
  const gguf = llamaGguf({
    name: architecture.name,
    sizes,
    vocabulary,
    parameters: model.parameters,
    weights,
  });
  const onnx = textOnnx({ model, weights, context: sizes.context, metadata: json });
  return {
    artifacts: [
      { name: 'model.gguf', format: 'gguf' as const, bytes: gguf },
      { name: 'model.onnx', format: 'onnx' as const, bytes: onnx },
      safetensors(model, weights, metadata),
    ],
    metadata,
  };
}

/** Runs a training request on this thread. Throws LearningError, or the signal's reason when aborted. */
export async function runTraining(request: TrainingRequest, context: FitContext): Promise<TrainedModel> {
  const config = settle(request.config);
  const { architecture: wished, data } = request;
  const architecture = typeof wished === 'string' ? getArchitecture(wished) : wished;
  if ((architecture.data === 'text') !== (data.format === 'text')) {
    const needs = architecture.data === 'text' ? 'a text' : 'a table (csv, json or jsonl)';
    const message = `${architecture.name} learns from ${needs}; the data set's format is ${data.format}.`;
    throw new LearningError('dataset.format_unsupported', message);
  }
  const text = 'text' in data ? data.text : decodeUtf8(data.bytes);
  const { resume } = request;
  const from = resume && { checkpoint: decodeCheckpoint(resume.bytes), epochsDone: resume.epochsDone };
  return architecture.data === 'text'
    ? trainText(architecture, text, config, context, from)
    : trainTable(architecture, text, data.format, config, context, from);
}
