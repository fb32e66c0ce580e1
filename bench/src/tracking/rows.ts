import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@hearth/launcher/postgres';
import { hasPythonPackages, installPythonPackages, python } from '../../../tools/src/peers/python.ts';
import type { BenchRow } from '../harness.ts';
import { startServing, stopServing } from '../load.ts';
import { startMlflow, stopMlflow } from './mlflow-server.ts';
import { recordBatches } from './recorder.ts';
import { batchSize, clientRate, fillRuns, ingestRate, retrying, searchMs, type Target } from './traffic.ts';

const runs = 10_000;
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Experiment tracking beside `mlflow server`: both durable, both fed what MLflow's client sends. */
export async function start() {
  const problem = hasPythonPackages() ? undefined : installPythonPackages();
  if (problem) throw new Error(`mlflow could not be installed: ${problem}`);
  const folder = await mkdtemp(join(tmpdir(), 'hearth-bench-'));
  const database = await startPostgres({ home: folder });
  const token = `bench-${crypto.randomUUID()}`;
  const server = await startServing(script('../http/hearth-server.ts'), {
    API_KEYS: token,
    DATABASE_URL: database.url,
    HEARTH_HOME: folder,
    API_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
  });
  const mlflow = await startMlflow(python, folder);
  const ours: Target = { url: `http://127.0.0.1:${server.port}`, token };
  const peer: Target = { url: mlflow.url, token };
  const [few, many] = [
    await recordBatches(python, 20, 10, batchSize),
    await recordBatches(python, 100, 10, batchSize),
  ];
  const close = async () => {
    await stopMlflow(mlflow.child);
    await stopServing(server.child);
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  // Warm, both of them.
  await ingestRate(ours, many);
  await ingestRate(peer, few);
  const ingest: BenchRow[] = [
    {
      name: 'metric ingest, 1000 a batch',
      unit: 'points/s',
      higherIsBetter: true,
      ours: () => ingestRate(ours, many),
      peers: { 'mlflow server': () => ingestRate(peer, few) },
      note: 'recorded requests of MLflow’s client, 10 metrics, over 4 connections; ours on durable PostgreSQL, mlflow as it comes (4 workers, SQLite)',
    },
    {
      name: 'the same through MLflow’s client',
      unit: 'points/s',
      higherIsBetter: true,
      ours: () => clientRate(ours, python, 20),
      peers: { 'mlflow server': () => clientRate(peer, python, 20) },
      note: 'one Python process; most of the time is the client’s own',
    },
  ];
  let isFilled = false;
  const filled = async () => {
    if (isFilled) return;
    execFileSync(python, [script('fill_mlflow.py'), mlflow.database, String(runs)]);
    await fillRuns(ours, runs);
    isFilled = true;
  };
  const search: BenchRow = {
    name: `runs/search among ${runs} runs`,
    unit: 'ms',
    ours: async () => {
      await filled();
      return searchMs(ours);
    },
    peers: { 'mlflow server': () => searchMs(peer) },
    note: 'filter on a metric, a param and a tag, ordered by the metric, 100 a page; one request at a time',
  };
  const retry: BenchRow = {
    name: 'a batch of 1000 sent again, run of 1,000,000 points',
    unit: 'ms',
    ours: await retrying(ours, 1_000_000),
    peers: { 'run of 10,000 points': await retrying(ours, 10_000) },
    note: 'from the middle of the run; nothing of it is stored twice. Flat is 1',
  };
  return { rows: [...ingest, retry, search], close };
}
