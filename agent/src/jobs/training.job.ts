import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricValue } from '@hearth/contract';
import { type EpochEvent, LearningError, type TrainingEvent, train } from '@hearth/learning';
import { fetchBlob } from '../files/blob-cache.ts';
import type { JobContext, JobProgram } from './job-context.ts';
import { JobError } from './job-error.ts';
import { uploadArtifact } from './upload.ts';

/** So many attempts in a row at fetching the data: with the waits between them, a server may be away for an hour. */
const patience = 240;

/** Trains a model on a data set of the server's and gives it the files that come of it. */
export const trainingJob: JobProgram = async (context) => {
  const { assignment, directory, signal } = context;
  const { payload, jobId, jobToken: token, serverUrl } = assignment;
  if (payload.kind !== 'training') throw new JobError('job.wrong_kind', 'This is no training.');
  const { config, dataset } = payload;
  const { cache } = context.cache;
  const { sha256, sizeBytes } = dataset;
  const path = await fetchBlob({
    cache,
    serverUrl,
    token,
    sha256,
    sizeBytes,
    owner: jobId,
    patience,
    signal,
  });

  const model = await train({
    architecture: config.model_architecture,
    data: { format: dataset.format, bytes: await readFile(path) },
    config,
    signal,
    onEvent: (event) => tell(event, config.epochs, context),
  }).catch((error: unknown) => {
    throw error instanceof LearningError ? new JobError(error.code, error.message, error) : error;
  });

  context.log('INFO', `Trained; giving ${model.artifacts.length} files to the server.`);
  for (const artifact of model.artifacts) {
    const file = join(directory.work, artifact.name);
    await writeFile(file, artifact.bytes, { mode: 0o600 });
    await uploadArtifact(context, { path: file, name: artifact.name, format: artifact.format });
  }
  return { ...model.metadata };
};

function tell(event: TrainingEvent, epochs: number, context: JobContext): void {
  if (event.type === 'log') {
    context.log(event.level, event.message);
  } else if (event.type === 'step') {
    const { epoch, step, steps, loss } = event;
    // Steps are counted through the whole run.
    const at = (epoch - 1) * steps + step;
    context.tell({ type: 'metrics', points: [{ key: 'step_loss', step: at, value: metricValue(loss) }] });
  } else if (event.type === 'epoch') {
    const { epoch, loss, accuracy, valLoss, valAccuracy } = event;
    const values = { loss, accuracy, val_loss: valLoss, val_accuracy: valAccuracy };
    const points = Object.entries(values).flatMap(([key, value]) =>
      typeof value === 'number' ? [{ key, step: epoch, value: metricValue(value) }] : [],
    );
    context.tell({ type: 'metrics', points });
    context.tell({ type: 'progress', progress: { done: epoch, total: epochs, unit: 'epochs' } });
    context.log('INFO', epochLine(event, epochs));
  }
}

/** JSON has no word for a number that is none. */
function metricValue(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** "Epoch 3 of 30: loss 0.4123, accuracy 0.871; held out 0.4571, 0.853; 0.3 s". */
function epochLine(event: EpochEvent, epochs: number): string {
  const { epoch, loss, accuracy, valLoss, valAccuracy, seconds } = event;
  const held = valLoss === undefined ? '' : `; held out ${valLoss.toFixed(4)}, ${valAccuracy?.toFixed(3)}`;
  return `Epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}${held}; ${seconds.toFixed(1)} s`;
}
