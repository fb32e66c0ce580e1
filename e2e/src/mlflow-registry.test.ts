import { routes } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPythonPackages } from '../../tools/src/peers/python.ts';
import { runMlflow } from './testing/mlflow-client.ts';
import { apiKey, type Product, startProduct } from './testing/product.ts';

const { registry } = routes;

/** MLflow's own Python client against the one registry. */
describe.skipIf(!hasPythonPackages())('MLflow’s model registry', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product?.stop());

  async function does(...parts: string[]) {
    const { code, output } = await runMlflow(product, 'registry.py', parts, {
      MLFLOW_TRACKING_TOKEN: apiKey,
    });
    expect(code, output).toBe(0);
    for (const part of parts) expect(output).toContain(`ok ${part}\n`);
  }

  it('logs, registers and loads back; what it registered is a model like any other', async () => {
    await does('logging', 'sklearn');
    const [iris, times] = await Promise.all(
      ['iris', 'times'].map((name) => product.client(registry.modelVersions, { params: { name } })),
    );
    expect(iris![0]).toMatchObject({
      aliases: ['champion'],
      lineage: {
        kind: 'mlflow',
        run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        source: expect.stringMatching(/^models:/),
      },
      metadata: { flavors: ['python_function', 'sklearn'] },
    });
    expect(iris![0]!.artifacts.map(({ name }) => name)).toContain('MLmodel');
    expect(times!.map(({ version }) => version)).toEqual([2, 1]);
    const query = { alias: 'champion', file: 'MLmodel' };
    const file = await product.client(registry.downloadModel, { params: { name: 'iris' }, query });
    expect(await file.text()).toContain('sklearn_version');
    const largest = await product.client(registry.downloadModel, { params: { name: 'iris' } });
    expect(Number(largest.headers.get('content-length'))).toBeGreaterThan(100);
  });

  it('finds models by aliases, stages, tags and filters', () => does('aliases', 'describing', 'searching'));

  it('copies, renames and deletes, and refuses what cannot be', () => does('moving', 'refusals'));

  it('fetches the files of a model that was uploaded here', async () => {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array([8, 9, 0x12, 1, 97])]), 'net.onnx');
    await product.client(registry.uploadModel, { query: { model_name: 'uploaded' }, body });
    await does('uploaded');
  });
});
