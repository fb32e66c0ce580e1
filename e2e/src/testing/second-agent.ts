import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from '@hearth/contract';
import { type Product, until } from './product.ts';

const main = fileURLToPath(new URL('../../../agent/src/main.ts', import.meta.url));

/** Another agent of the product, as on another machine; resolves when the server sees it. */
export async function startSecondAgent(product: Product, env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'hearth-e2e-agent-'));
  const { token } = await product.client(routes.nodes.invite, { body: { name: 'second' } });
  const { API_KEYS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd: home,
    env: {
      ...inherited,
      HEARTH_SERVER_URL: product.url,
      HEARTH_HOME: home,
      HEARTH_NODE_INVITATION: token,
      ...env,
    },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  const isThere = async () => {
    const nodes = await product.client(routes.nodes.list, {});
    return nodes.some(({ name, status }) => name === 'second' && status === 'online');
  };
  await until('the second agent being there', isThere, 30_000).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { stop };
}
