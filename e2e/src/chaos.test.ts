import { routes } from '@hearth/contract';
import { expect, it } from 'vitest';
import { runChaos } from './chaos/chaos.ts';
import { startProduct } from './testing/product.ts';

it('loses and doubles nothing when server, agent and database are killed while a run trains', async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`chaos seed ${seed}`);
  const product = await startProduct();
  try {
    await product.client(routes.registry.addBundledDataset, { params: { name: 'digits' } });
    const config = {
      model_architecture: 'mlp',
      dataset_name: 'digits',
      learning_rate: 0.001,
      batch_size: 1,
      epochs: 150,
    };
    const rounds = Array.from({ length: 3 }, () => ['server', 'agent', 'database'] as const).flat();
    const result = await runChaos(product, config, rounds, seed, console.log);
    expect(result).toMatchObject({ finalState: 'completed', epochs: 150 });
    expect(result.kills).toHaveLength(9);
    // The 5 s of the promise are held to by `npm run chaos` on a quiet machine; here neighbours may slow us.
    const ready = result.kills.map((kill) => kill.readySeconds).toSorted((a, b) => a - b);
    expect(ready[4]).toBeLessThan(5);
    const models = await product.client(routes.registry.listModels, {});
    expect(models.map((model) => [model.name, model.versions])).toEqual([['mlp_digits', 1]]);
  } finally {
    await product.stop();
  }
});
