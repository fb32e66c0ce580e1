import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPythonPackages, python } from '../../tools/src/peers/python.ts';
import { apiKey, type Product, startProduct } from './testing/product.ts';

/** MLflow's own Python client, as it comes, against the product. */
const script = fileURLToPath(new URL('mlflow/tracking.py', import.meta.url));
let product: Product;

async function run(parts: string[], credentials: Record<string, string>) {
  const env = {
    PATH: process.env.PATH,
    HOME: product.home,
    MLFLOW_TRACKING_URI: product.url,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    ...credentials,
  };
  const child = spawn(python, [script, ...parts], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

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
