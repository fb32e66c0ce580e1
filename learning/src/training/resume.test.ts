import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../export/safetensors.ts';
import { recorder } from '../testing/events.ts';
import { bundled } from '../testing/files.ts';
import { testLlama } from '../testing/tiny-gguf.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import type { TrainingEvent, TrainingOptions } from './options.ts';
import { runTraining, type TrainingRequest } from './run.ts';

type Kept = Extract<TrainingEvent, { type: 'checkpoint' }>;
const config: TrainingOptions = { learning_rate: 0.01, batch_size: 16, epochs: 6, seed: 4 };
const table: TrainingRequest = { architecture: 'mlp', data: bundled('iris.csv'), config };
const text: TrainingRequest = {
  architecture: testLlama,
  data: { format: 'text', text: 'the quick brown fox jumps over the lazy dog. '.repeat(40) },
  config: { ...config, optimizer: 'adamw', epochs: 3, batch_size: 40, steps_per_epoch: 3 },
};

/** Runs to the end, or stops in the epoch after `stopAfter`; with a checkpoint after every epoch, or only at the stop. */
async function run(request: TrainingRequest, { stopAfter = 0, checkpointEveryMs = 0 } = {}) {
  const record = recorder();
  const stop = new AbortController();
  const onEvent = (event: TrainingEvent) => {
    record.onEvent(event);
    if (event.type === 'epoch' && event.epoch === stopAfter) stop.abort();
  };
  const context = { signal: stop.signal, onEvent, intraOpNumThreads: 1, checkpointEveryMs };
  const model = await runTraining(request, context).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const checkpoints = record.events.filter((event): event is Kept => event.type === 'checkpoint');
  const epochs = record.epochs().map(({ seconds: _, ...figures }) => figures);
  return { model, epochs, checkpoints };
}
const filesOf = (model: Awaited<ReturnType<typeof run>>['model']) =>
  model?.artifacts.map(({ bytes }) => Buffer.from(bytes).toString('base64'));

describe.each([
  ['a table', table],
  ['a text, in parts of steps', text],
])('a run on %s', (_name, request) => {
  it('that is resumed ends as one that never stopped, each epoch told once', async () => {
    const whole = await run(request);
    expect(whole.checkpoints.map(({ epoch }) => epoch)).toEqual(whole.epochs.map(({ epoch }) => epoch));
    const first = await run(request, { stopAfter: 2, checkpointEveryMs: 1e9 });
    expect(first.model).toBeUndefined();
    expect(first.checkpoints.map(({ epoch }) => epoch)).toEqual([2]);
    const { bytes } = first.checkpoints[0]!;
    const rest = await run({ ...request, resume: { bytes, epochsDone: 2 } });
    expect([...first.epochs, ...rest.epochs]).toEqual(whole.epochs);
    expect(filesOf(rest.model)).toEqual(filesOf(whole.model));
  });

  it('that was stopped after its last epoch only writes its files', async () => {
    const whole = await run(request);
    const { bytes, epoch } = whole.checkpoints.at(-1)!;
    const rest = await run({ ...request, resume: { bytes, epochsDone: epoch } });
    expect(rest.epochs).toEqual([]);
    expect(filesOf(rest.model)).toEqual(filesOf(whole.model));
  });
});

it('begins a new run with the weights of another, counting its own epochs', async () => {
  const { checkpoints, epochs } = await run(table);
  const { bytes } = checkpoints.at(-1)!;
  const next = await run({ ...table, resume: { bytes, epochsDone: 0 } });
  expect(next.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(next.epochs[0]!.loss).toBeLessThan(epochs[1]!.loss);
});

it('refuses a checkpoint of another model, and a file that is none', async () => {
  const { checkpoints } = await run(table);
  const { bytes } = checkpoints[0]!;
  const unsuited = expect.objectContaining({ code: 'checkpoint.unsuited' });
  const resume = { bytes, epochsDone: 1 };
  await expect(run({ ...table, architecture: 'logistic', resume })).rejects.toThrow(unsuited);
  await expect(run({ ...table, config: { ...config, target: 'petal_width_cm' }, resume })).rejects.toThrow(
    unsuited,
  );
  const none = [new Uint8Array(3), writeSafetensors([]), bytes.slice(0, bytes.length - 4)];
  for (const file of none) expect(() => decodeCheckpoint(file)).toThrow(unsuited);
});
