/** What a run needs to go on exactly where it was at the end of an epoch, as a safetensors file. */
import { LearningError } from '../errors.ts';
import { readSafetensors, writeSafetensors } from '../export/safetensors.ts';
import type { RandomState } from '../random.ts';
import type { EpochEvent } from './options.ts';

export interface Checkpoint {
  readonly architecture: string;
  /** Epochs that are done. */
  readonly epoch: number;
  readonly optimizer: string;
  /** Weights and the optimiser's state vectors [count] each, and the steps it has taken. */
  readonly vectors: readonly Float32Array[];
  readonly steps: number;
  readonly random: RandomState;
  /** The last epoch's measurements. */
  readonly last: EpochEvent;
}

const vectorName = (index: number): string => (index === 0 ? 'weights' : `state${index - 1}`);

export function encodeCheckpoint({ vectors, ...facts }: Checkpoint): Uint8Array {
  const tensors = vectors.map((data, index) => ({ name: vectorName(index), shape: [data.length], data }));
  return writeSafetensors(tensors, { checkpoint: JSON.stringify(facts) });
}

/** Throws LearningError checkpoint.unsuited for a file that is no checkpoint of ours. */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  try {
    const { metadata, tensors } = readSafetensors(file);
    const facts: Omit<Checkpoint, 'vectors'> = JSON.parse(metadata.checkpoint ?? '');
    const vectors = Array.from({ length: tensors.size }, (_, index) => tensors.get(vectorName(index))!);
    return { ...facts, vectors };
  } catch (cause) {
    throw new LearningError('checkpoint.unsuited', 'The file is no checkpoint of a built-in trainer.', {
      cause,
    });
  }
}

/** Throws LearningError checkpoint.unsuited where a model of `count` weights cannot go on from it. */
export function requireSuited(checkpoint: Checkpoint, architecture: string, count: number): void {
  if (checkpoint.architecture === architecture && checkpoint.vectors[0]?.length === count) return;
  const own = `${checkpoint.architecture} with ${checkpoint.vectors[0]?.length ?? 0} weights`;
  throw new LearningError(
    'checkpoint.unsuited',
    `The checkpoint is of ${own}; this data set makes ${architecture} with ${count}.`,
  );
}
