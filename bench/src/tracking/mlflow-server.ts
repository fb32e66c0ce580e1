import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** `mlflow server` as it comes: four workers, SQLite. */
export async function startMlflow(
  python: string,
  folder: string,
): Promise<{ url: string; database: string; child: ChildProcess }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = join(folder, 'mlflow.db');
  const stores = ['--backend-store-uri', `sqlite:///${database}`, '--artifacts-destination', folder];
  const child = spawn(
    python,
    ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), ...stores],
    {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
      // With its workers in a group of its own, so that they can be ended with it.
      detached: true,
    },
  );
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, database, child };
    await sleep(200);
  }
  throw new Error('mlflow server did not answer within two minutes');
}

export async function stopMlflow({ pid, exitCode }: ChildProcess): Promise<void> {
  if (pid === undefined || exitCode !== null) return;
  process.kill(-pid, 'SIGTERM');
  await sleep(500);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Ended by itself.
  }
}
