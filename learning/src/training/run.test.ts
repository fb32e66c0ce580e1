import { describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../export/safetensors.ts';
import { readMetadata } from '../onnx/read-metadata.ts';
import { recorder } from '../testing/events.ts';
import { bundled } from '../testing/files.ts';
import { testLlama } from '../testing/tiny-gguf.ts';
import type { TrainingOptions } from './options.ts';
import { runTraining, type TrainingRequest } from './run.ts';

const config: TrainingOptions = { learning_rate: 0.01, batch_size: 16, epochs: 5, seed: 4 };

function run(request: TrainingRequest, onEvent = recorder().onEvent, signal = new AbortController().signal) {
  let clock = 0;
  // A clock that runs 100 ms at every look.
  const now = () => (clock += 100);
  return runTraining(request, { signal, onEvent, now, intraOpNumThreads: 1 });
}

const numbers = `x,y\n${Array.from({ length: 60 }, (_, i) => `${i},${i * 1.37}`).join('\n')}`;

it.each([
  ['an unknown architecture', { architecture: 'resnet' }, 'architecture.unknown'],
  ['a text for a table', { data: { text: 'abc', format: 'text' } }, 'dataset.format_unsupported'],
  ['a format nobody reads', { data: { text: 'abc', format: 'npy' } }, 'dataset.format_unsupported'],
  ['an empty file', { data: { text: '', format: 'csv' } }, 'dataset.no_rows'],
  [
    'bytes that are no text',
    { data: { bytes: Uint8Array.of(0xff, 0xfe), format: 'csv' } },
    'dataset.unreadable',
  ],
  ['a missing target', { config: { ...config, target: 'price' } }, 'dataset.target_missing'],
  ['too large a learning rate', { config: { ...config, learning_rate: 2 } }, 'config.invalid'],
  ['half an epoch', { config: { ...config, epochs: 1.5 } }, 'config.invalid'],
  ['bce for a number', { config: { ...config, loss_function: 'bce' as const } }, 'config.loss_unsuited'],
  [
    'mse for a text',
    {
      architecture: 'tiny-llama',
      data: bundled('alice.txt'),
      config: { ...config, loss_function: 'mse' as const },
    },
    'config.loss_unsuited',
  ],
])('refuses %s', async (_name, change, code) => {
  const promise = run({ architecture: 'mlp', data: { text: numbers, format: 'csv' }, config, ...change });
  await expect(promise).rejects.toThrow(expect.objectContaining({ name: 'LearningError', code }));
});

it('says when training diverges, and how to help it', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7 === 0 ? '1e30' : i / 7}`).join('\n');
  const promise = run({
    architecture: 'mlp',
    data: { text: `x,y\n${rows}`, format: 'csv' },
    config: { learning_rate: 1, batch_size: 4, epochs: 50, optimizer: 'sgd', loss_function: 'mse' },
  });
  await expect(promise).rejects.toThrow(expect.objectContaining({ code: 'training.diverged' }));
  await expect(promise).rejects.toThrow('A learning rate below 1');
});

it('reports steps between epochs, thinned by time, and nothing but numbers', async () => {
  const { events, epochs, onEvent } = recorder();
  await run({ architecture: 'mlp', data: bundled('digits.csv'), config: { ...config, epochs: 2 } }, onEvent);
  const steps = events.filter((it) => it.type === 'step');
  expect(steps.length).toBeGreaterThan(10);
  expect(steps.length).toBeLessThan(2 * 90 * 0.6);
  expect(steps[0]).toEqual({ type: 'step', epoch: 1, step: 2, steps: 90, loss: expect.any(Number) });
  expect(epochs().every(({ loss, accuracy }) => Number.isFinite(loss) && accuracy > 0 && accuracy <= 1)).toBe(
    true,
  );
});

it('stops at the step after an abort', async () => {
  const stop = new AbortController();
  const { events, onEvent } = recorder();
  const listen: typeof onEvent = (event) => {
    onEvent(event);
    if (event.type === 'step') stop.abort();
  };
  const promise = run({ architecture: 'mlp', data: bundled('digits.csv'), config }, listen, stop.signal);
  await expect(promise).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(events.filter((it) => it.type === 'step')).toHaveLength(1);
});

it('learns a linear rule of numbers with logistic, told to use mae', async () => {
  const { events, epochs, onEvent } = recorder();
  const options = { ...config, learning_rate: 0.05, epochs: 60, loss_function: 'mae' } as const;
  const request = { architecture: 'logistic', data: { text: numbers, format: 'csv' }, config: options };
  const { metadata } = await run(request, onEvent);
  expect(metadata).toMatchObject({ task: 'regression', config: { loss_function: 'mae' }, parameters: 2 });
  expect(epochs().at(-1)!.valAccuracy).toBeGreaterThan(0.99);
  expect(events.some((it) => it.type === 'log' && it.level === 'WARNING')).toBe(false);
});

describe('a text', () => {
  const data = { text: 'the cat sat on the mat. '.repeat(100), format: 'text' };
  const options: TrainingOptions = { learning_rate: 0.01, batch_size: 2, epochs: 2, steps_per_epoch: 15 };

  it('gives GGUF, ONNX and safetensors, each described', async () => {
    const { epochs, onEvent } = recorder();
    const { artifacts, metadata } = await run({ architecture: testLlama, data, config: options }, onEvent);
    expect(artifacts.map((it) => it.name)).toEqual(['model.gguf', 'model.onnx', 'model.safetensors']);
    expect(metadata).toMatchObject({
      task: 'text-generation',
      context_length: 256,
      architecture: 'test-llama',
    });
    expect(JSON.parse(readMetadata(artifacts[1]!.bytes).hearth!)).toEqual(
      JSON.parse(JSON.stringify(metadata)),
    );
    const header = readSafetensorsHeader(artifacts[2]!.bytes);
    expect(header.tensors['model.embed_tokens.weight']).toMatchObject({ dtype: 'F32', shape: [12, 32] });
    const [first, last] = epochs();
    expect(last!.valLoss!).toBeLessThan(first!.valLoss!);
    expect(last!.valLoss!).toBeLessThan(Math.log(12));
  });

  it('is read once an epoch unless told otherwise', async () => {
    const { events, onEvent } = recorder();
    const once = { ...options, epochs: 1, steps_per_epoch: undefined };
    await run({ architecture: testLlama, data, config: once }, onEvent);
    expect(events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('; 4 steps an epoch') }),
    );
  });

  it('must be long enough', async () => {
    const promise = run({
      architecture: 'tiny-llama',
      data: { text: 'short', format: 'text' },
      config: options,
    });
    await expect(promise).rejects.toThrow(expect.objectContaining({ code: 'dataset.too_short' }));
  });
});
