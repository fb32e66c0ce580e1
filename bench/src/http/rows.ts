import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testDatabase } from '@hearth/launcher/testing';
import { hasPythonPackages, installPythonPackages, python } from '../../../tools/src/peers/python.ts';
import { cpuPerRequest, startServing, stopServing } from '../load.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** An authenticated GET that answers JSON: CPU of the serving process per request. */
export async function start() {
  const problem = hasPythonPackages() ? undefined : installPythonPackages();
  if (problem) throw new Error(`FastAPI could not be installed: ${problem}`);
  const key = `bench-${crypto.randomUUID()}`;
  const home = await mkdtemp(join(tmpdir(), 'hearth-bench-'));
  const database = await testDatabase();
  const env = {
    BENCH_KEY: key,
    API_KEYS: key,
    DATABASE_URL: database.url,
    HEARTH_HOME: home,
    API_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '10000000',
    RATE_LIMIT_PER_CALLER: '10000000',
  };
  const [ours, bare, fastify, fastapi] = [
    await startServing(script('hearth-server.ts'), env),
    await startServing(script('bare-server.ts'), env),
    await startServing(script('fastify-server.ts'), env),
    await startServing(script('fastapi_server.py'), env, python),
  ];
  const figure = (server: typeof ours) => () =>
    cpuPerRequest(server.child.pid!, server.port, '/api/v1/me', { authorization: `Bearer ${key}` }, 8000);
  return {
    rows: [
      {
        name: 'authenticated API request',
        unit: 'CPU-µs/request',
        ours: figure(ours),
        peers: {
          'FastAPI + uvicorn': figure(fastapi),
          'node:http': figure(bare),
          'Fastify + zod + log': figure(fastify),
        },
        note: 'aim: at most 0.25 of FastAPI. GET /api/v1/me with an API key, a checked answer and a JSON log line to stdout (node:http: the key only); ours adds rate limits, security headers and timings by route',
      },
    ],
    close: async () => {
      await Promise.all([ours, bare, fastify, fastapi].map((server) => stopServing(server.child)));
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
