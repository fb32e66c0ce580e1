/** The training loop: the same for every problem. */
import { LearningError } from '../errors.ts';
import type { SessionOptions } from '../runtime/session.ts';
import { openAccumulatingStepper } from './accumulating-stepper.ts';
import { optimizers } from './optimizers.ts';
import type { EpochEvent, Settled, TrainingEvent } from './options.ts';
import type { Batch, Problem } from './problem.ts';
import { type Beginning, begin, checkpointer } from './resume.ts';
import { learningRateAt } from './schedule.ts';
import { type Measured, openEvaluator, openStepper } from './stepper.ts';

/** What the loop reports to and obeys. */
export interface FitContext extends SessionOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainingEvent) => void;
  /** Milliseconds, for durations and throttling; default performance.now. */
  readonly now?: () => number;
  /** Least time between checkpoints, default 10 s. */
  readonly checkpointEveryMs?: number;
}

export interface Fitted {
  readonly weights: Float32Array;
  /** The last epoch's measurements. */
  readonly last: EpochEvent;
}

const stepEventEveryMs = 250;

/** Weighted sums over batches. */
class Totals {
  loss = 0;
  score = 0;
  weight = 0;

  include({ loss, score }: Measured, { weight }: Batch): void {
    this.loss += loss * weight;
    this.score += score;
    this.weight += weight;
  }
}

function diverged(epoch: number, step: number, learningRate: number): LearningError {
  const message =
    `The loss stopped being a number in epoch ${epoch}, step ${step}. ` +
    `A learning rate below ${learningRate} usually helps; so may another optimizer or removing extreme values.`;
  return new LearningError('training.diverged', message);
}

/**
 * Trains for exactly `options.epochs` epochs, those done before `from` included, and reports each once. The same problem, options and thread count give
 * the same weights. Throws the signal's reason within one step of an abort, LearningError training.diverged on a
 * loss that is not finite.
 */
export async function fitModel(
  problem: Problem,
  options: Settled,
  context: FitContext,
  name: string,
  from?: Beginning,
): Promise<Fitted> {
  const { signal, onEvent, now = () => performance.now() } = context;
  const start = begin(problem, options, name, from);
  const { random } = start;
  const session = { intraOpNumThreads: context.intraOpNumThreads };
  const optimizer = optimizers[options.optimizer];
  const { clip, partsPerStep: parts } = problem;
  const open = parts > 1 ? openAccumulatingStepper : openStepper;
  const stepper = await open(problem.training, optimizer, start.progress, { ...session, clip, parts });
  const evaluator = await openEvaluator(problem.evaluation, session);
  const steps = problem.stepsPerEpoch;
  const checkpoints = checkpointer(onEvent, now, context.checkpointEveryMs);
  let told = now();

  const trainEpoch = async (epoch: number): Promise<Totals> => {
    const totals = new Totals();
    let part = 0;
    for (const batch of problem.trainingBatches(random)) {
      signal.throwIfAborted();
      const step = Math.ceil(++part / parts);
      const overall = (epoch - 1) * steps + step;
      const rate = learningRateAt(problem.schedule, options.learning_rate, overall, steps * options.epochs);
      const measured = await stepper.step(batch, rate);
      if (!Number.isFinite(measured.loss)) throw diverged(epoch, step, options.learning_rate);
      totals.include(measured, batch);
      if (now() - told < stepEventEveryMs) continue;
      told = now();
      onEvent({ type: 'step', epoch, step, steps, loss: measured.loss });
    }
    return totals;
  };
  const validate = async (): Promise<Totals> => {
    const totals = new Totals();
    for (const batch of problem.validationBatches()) {
      signal.throwIfAborted();
      totals.include(await evaluator.evaluate(batch, stepper.weights), batch);
    }
    return totals;
  };
  const runEpoch = async (epoch: number): Promise<EpochEvent> => {
    const began = now();
    const training = await trainEpoch(epoch);
    const held = await validate();
    if (held.weight > 0 && !Number.isFinite(held.loss)) throw diverged(epoch, steps, options.learning_rate);
    return {
      type: 'epoch',
      epoch,
      loss: training.loss / training.weight,
      accuracy: problem.accuracy('training', training.score, training.weight),
      ...(held.weight > 0 && {
        valLoss: held.loss / held.weight,
        valAccuracy: problem.accuracy('validation', held.score, held.weight),
      }),
      seconds: (now() - began) / 1000,
    };
  };

  try {
    let { last } = start;
    for (let epoch = start.done + 1; !last || epoch <= options.epochs; epoch++) {
      last = await runEpoch(epoch);
      onEvent(last);
      const state = { ...stepper.save(), random: random.save() };
      checkpoints.keep({ architecture: name, epoch, optimizer: options.optimizer, last, ...state });
    }
    return { weights: stepper.weights.slice(), last };
  } catch (error) {
    if (signal.aborted) checkpoints.flush();
    throw error;
  } finally {
    await stepper.close();
    await evaluator.close();
  }
}
