import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { python } from '../../../tools/src/peers/python.ts';
import type { Product } from './product.ts';

/** Runs parts of a script of `e2e/src/mlflow` against the product, with MLflow's own client; its code and all it said. */
export async function runMlflow(
  product: Product,
  script: string,
  parts: string[],
  credentials: Record<string, string>,
) {
  const env = {
    PATH: process.env.PATH,
    HOME: product.home,
    MLFLOW_TRACKING_URI: product.url,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    ...credentials,
  };
  const path = fileURLToPath(new URL(`../mlflow/${script}`, import.meta.url));
  const child = spawn(python, [path, ...parts], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  return { code: code as number | null, output };
}
