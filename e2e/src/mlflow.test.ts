import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPythonPackages } from '../../tools/src/peers/python.ts';
import { runMlflow } from './testing/mlflow-client.ts';
import { apiKey, type Product, startProduct } from './testing/product.ts';

/** MLflow's own Python client, as it comes, against the product. */
let product: Product;

const run = (parts: string[], credentials: Record<string, string>) =>
  runMlflow(product, 'tracking.py', parts, credentials);

describe.skipIf(!hasPythonPackages())('MLflow’s client', () => {
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product?.stop());

  const token = { MLFLOW_TRACKING_TOKEN: apiKey };
  it.each([['experiments', 'logging', 'batches'], ['searching'], ['artifacts'], ['autologging']])(
    'does %s',
    async (...parts) => {
      const names = parts.filter((part) => part !== undefined);
      const { code, output } = await run(names, token);
      expect(code, output).toBe(0);
      for (const name of names) expect(output).toContain(`ok ${name}\n`);
    },
  );

  it('is known by a token, or by a password that is one, and by nothing else', async () => {
    const byPassword = { MLFLOW_TRACKING_USERNAME: 'anybody', MLFLOW_TRACKING_PASSWORD: apiKey };
    expect((await run(['whoami'], byPassword)).output).toContain('ok whoami');
    const { code, output } = await run(['whoami'], { ...byPassword, MLFLOW_TRACKING_PASSWORD: 'guess' });
    expect(code).not.toBe(0);
    expect(output).toMatch(/UNAUTHENTICATED|401/);
    expect((await run(['whoami'], {})).code).not.toBe(0);
  });
});
