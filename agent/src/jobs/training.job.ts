import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingPayload } from '@hearth/contract';
import { type EpochEvent, LearningError, type TrainingEvent, train } from '@hearth/learning';
import { fetchDataset, fetchResume } from './fetch-inputs.ts';
import type { JobContext, JobProgram } from './job-context.ts';
import { JobError } from './job-error.ts';
import { CheckpointUploads } from './recipe/checkpoint-uploads.ts';
import { metricValue } from './recipe/metric-value.ts';
import { uploadArtifact } from './upload.ts';

/** Trains a model on a data set of the server's and gives it the files that come of it. */
export const trainingJob: JobProgram = async (context) => {
  const { payload } = context.assignment;
  if (payload.kind !== 'training') throw new JobError('job.wrong_kind', 'This is no training.');
  if (!payload.program) return trainHere(context, payload);
  const { runRecipe } = await import('./recipe.job.ts');
  return runRecipe(context, payload, payload.program);
};

/** By the trainers that are built in. */
async function trainHere(context: JobContext, payload: TrainingPayload): Promise<Record<string, unknown>> {
  const { config, dataset, resume } = payload;
  const { directory, signal } = context;
  const path = await fetchDataset(context, payload);
  const resumed = await fetchResume(context, payload);
  const checkpoints = new CheckpointUploads(context);
  let written = Promise.resolve();
  const keep = async ({ epoch, bytes }: Extract<TrainingEvent, { type: 'checkpoint' }>) => {
    const file = join(directory.work, `checkpoint-${epoch}`);
    await writeFile(file, bytes, { mode: 0o600 });
    checkpoints.offer({ path: file, epoch });
  };
  try {
    const model = await train({
      architecture: config.model_architecture,
      data: { format: dataset.format, bytes: await readFile(path) },
      config,
      resume: resumed ? { bytes: await readFile(resumed), epochsDone: resume?.epoch ?? 0 } : undefined,
      signal,
      onEvent: (event) => {
        if (event.type === 'checkpoint') written = written.then(() => keep(event));
        else tell(event, config.epochs, context);
      },
    });
    await written;
    await checkpoints.settle();
    context.log('INFO', `Trained; giving ${model.artifacts.length} files to the server.`);
    for (const artifact of model.artifacts) {
      const file = join(directory.work, artifact.name);
      await writeFile(file, artifact.bytes, { mode: 0o600 });
      await uploadArtifact(context, { path: file, name: artifact.name, format: artifact.format });
    }
    return { ...model.metadata };
  } catch (error) {
    // A stopped run's last checkpoint is on its way.
    await written;
    await checkpoints.settle();
    throw error instanceof LearningError ? new JobError(error.code, error.message, error) : error;
  }
}

type Shown = Exclude<TrainingEvent, { type: 'checkpoint' }>;
function tell(event: Shown, epochs: number, context: JobContext): void {
  if (event.type === 'log') {
    context.log(event.level, event.message);
  } else if (event.type === 'step') {
    const { epoch, step, steps, loss } = event;
    // Steps are counted through the whole run.
    const at = (epoch - 1) * steps + step;
    context.tell({ type: 'metrics', points: [{ key: 'step_loss', step: at, value: metricValue(loss) }] });
  } else {
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

/** "Epoch 3 of 30: loss 0.4123, accuracy 0.871; held out 0.4571, 0.853; 0.3 s". */
function epochLine(event: EpochEvent, epochs: number): string {
  const { epoch, loss, accuracy, valLoss, valAccuracy, seconds } = event;
  const held = valLoss === undefined ? '' : `; held out ${valLoss.toFixed(4)}, ${valAccuracy?.toFixed(3)}`;
  return `Epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}${held}; ${seconds.toFixed(1)} s`;
}
