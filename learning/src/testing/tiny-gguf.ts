/** A language model small enough for tests, made by our own trainer. */
import type { Architecture } from '../models/architectures.ts';
import { train } from '../train.ts';
import type { TrainedModel } from '../training/run.ts';
import { bundled } from './files.ts';

/** About 37,000 weights; context 256. */
export const testLlama: Architecture = {
  name: 'test-llama',
  data: 'text',
  description: 'A llama-shaped model for tests',
  sizes: {
    width: 32,
    hidden: 96,
    layers: 2,
    heads: 4,
    groups: 2,
    context: 256,
    ropeBase: 10_000,
    epsilon: 1e-5,
  },
  defaults: {
    learning_rate: 0.01,
    batch_size: 2,
    epochs: 1,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
};

/** Trains `testLlama` on English prose for 120 steps: a few seconds. */
export function trainTestLlama(): Promise<TrainedModel> {
  return train({
    architecture: testLlama,
    data: bundled('alice.txt'),
    config: { ...testLlama.defaults, validation_fraction: 0.02, steps_per_epoch: 120, seed: 1 },
    intraOpNumThreads: 1,
  });
}

/** A trained GGUF of under 1 MB that llama.cpp continues English text with; always the same bytes. */
export async function trainTinyGguf(): Promise<Uint8Array> {
  const { artifacts } = await trainTestLlama();
  return artifacts.find((it) => it.format === 'gguf')!.bytes;
}
