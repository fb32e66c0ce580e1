import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@hearth/contract';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The product as `npm start` runs it, on its own folder and port. */
export interface Product {
  url: string;
  home: string;
  pid: number;
  /** All it has printed. */
  output: () => string;
  /** The one-time set-up link, once printed. */
  setupUrl: () => Promise<string>;
  client: Client;
  /** Stops it as Ctrl-C does and deletes its folder; the exit code. */
  stop: () => Promise<number | null>;
}

/** A key the product is started with, made at run time. */
const key = `test-${crypto.randomUUID()}`;

export const apiKey = key;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Polls until `check` gives something, or fails with what was awaited and what the product printed. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutMs: number,
  pollMs = 100,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms${last ? `: ${last}` : ''}`);
}

export async function startProduct(
  env: Record<string, string> = {},
  options: { withKey?: boolean } = {},
): Promise<Product> {
  const home = await mkdtemp(join(tmpdir(), 'hearth-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { withKey = true } = options;
  const child: ChildProcess = spawn(process.execPath, ['launcher/src/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      HEARTH_HOME: home,
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      NODE_ENV: 'production',
      ...(withKey ? { API_KEYS: key } : {}),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const client = createClient({ baseUrl: url, token: () => (withKey ? key : undefined) });
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    const code = await exited;
    await rm(home, { recursive: true, force: true });
    return code;
  };
  const product: Product = {
    url,
    home,
    pid: child.pid!,
    output: () => output,
    setupUrl: () =>
      until(
        'the set-up link',
        async () => /https?:\/\/[\w.:-]+\/setup#token=[\w-]+/.exec(output)?.[0],
        20_000,
      ),
    client,
    stop,
  };
  try {
    await until('the product being ready', async () => (await fetch(`${url}/health`)).ok, 60_000);
  } catch (error) {
    await stop();
    throw new Error(`${error}\n${output}`);
  }
  return product;
}
