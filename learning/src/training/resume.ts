/** Where a run begins, and what it leaves behind to be resumed from. */
import { initialWeights } from '../models/parameters.ts';
import { type Random, resumedRandom, seededRandom } from '../random.ts';
import { type Checkpoint, encodeCheckpoint, requireSuited } from './checkpoint.ts';
import type { EpochEvent, Settled, TrainingEvent } from './options.ts';
import type { Problem } from './problem.ts';
import type { Progress } from './stepper.ts';

/** What a run begins with instead of random weights. */
export interface Beginning {
  readonly checkpoint: Checkpoint;
  /** Epochs of this run that are done: it goes on exactly there. 0: a new run that takes the weights alone. */
  readonly epochsDone: number;
}

/** Where a run stands before its first epoch. */
export function begin(problem: Problem, options: Settled, name: string, from: Beginning | undefined): Start {
  const { parameters } = problem.training.model;
  const random = seededRandom(options.seed);
  const weights = initialWeights(parameters, random);
  if (!from) return { random, progress: { vectors: [weights], steps: 0 }, done: 0, last: undefined };
  const { checkpoint, epochsDone } = from;
  requireSuited(checkpoint, name, weights.length);
  if (epochsDone === 0) {
    const vectors = checkpoint.vectors.slice(0, 1);
    return { random, progress: { vectors, steps: 0 }, done: 0, last: undefined };
  }
  return {
    random: resumedRandom(checkpoint.random),
    progress: checkpoint,
    done: Math.min(checkpoint.epoch, epochsDone),
    last: checkpoint.last,
  };
}
interface Start {
  random: Random;
  progress: Progress;
  done: number;
  last: EpochEvent | undefined;
}

/** Keeps the newest epoch's end; tells it when the last one told is old enough, or when it is asked to. */
export function checkpointer(onEvent: (event: TrainingEvent) => void, now: () => number, everyMs = 10_000) {
  let told = now();
  let kept: Checkpoint | undefined;
  const flush = () => {
    if (!kept) return;
    onEvent({ type: 'checkpoint', epoch: kept.epoch, bytes: encodeCheckpoint(kept) });
    kept = undefined;
    told = now();
  };
  const keep = (checkpoint: Checkpoint) => {
    kept = checkpoint;
    if (now() - told >= everyMs) flush();
  };
  return { keep, flush };
}
