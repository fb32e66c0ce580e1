/** Steps over batches too large to hold at once: gradients of their parts are added up first. */
import { feed, openSession, type SessionOptions } from '../runtime/session.ts';
import { gradientGraph, type Objective, updateGraph } from './graphs.ts';
import type { Optimizer } from './optimizers.ts';
import { batchFeeder, measured, type Progress, type Stepper, swappingVectors } from './stepper.ts';

/** A stepper whose every `parts`-th call takes the optimiser step, on the parts' gradients weighed by their share. */
export async function openAccumulatingStepper(
  objective: Objective,
  optimizer: Optimizer,
  start: Progress,
  options: SessionOptions & { readonly clip?: number; readonly parts: number },
): Promise<Stepper> {
  const count = start.vectors[0]!.length;
  const partial = await openSession(gradientGraph(objective), options);
  const update = await openSession(updateGraph(count, optimizer, options.clip), options);
  const feeds = batchFeeder(objective);
  const vectors = swappingVectors(optimizer, start.vectors);
  const shape = [count];
  let [sum, next] = [new Float32Array(count), new Float32Array(count)];
  let calls = start.steps * options.parts;
  return {
    async step(batch, learningRate) {
      const results = await partial.run(
        {
          ...feeds(batch),
          weights: vectors.inputs.weights!,
          gradient: feed(sum, shape),
          share: feed(Float32Array.of(batch.share), []),
        },
        { next_gradient: feed(next, shape), loss: null, score: null },
      );
      [sum, next] = [next, sum];
      calls++;
      if (calls % options.parts === 0) {
        const scalars = {
          learning_rate: feed(Float32Array.of(learningRate), []),
          step: feed(Float32Array.of(calls / options.parts), []),
        };
        await update.run({ ...vectors.inputs, gradient: feed(sum, shape), ...scalars }, vectors.outputs);
        vectors.swap();
        sum.fill(0);
      }
      return measured(results);
    },
    get weights() {
      return vectors.weights;
    },
    save: () => ({ vectors: vectors.copy(), steps: Math.floor(calls / options.parts) }),
    async close() {
      await partial.release();
      await update.release();
    },
  };
}
