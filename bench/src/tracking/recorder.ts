import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

/** A request of the client's as it went over the wire. */
export interface Recorded {
  path: string;
  body: Buffer;
}

/** What MLflow's own client sends for so many batches, taken down by a server that accepts everything. */
export async function recordBatches(
  python: string,
  batches: number,
  keys: number,
  size: number,
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'POST') recorded.push({ path: request.url!, body: Buffer.concat(chunks) });
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const script = fileURLToPath(new URL('record.py', import.meta.url));
  const client = spawn(python, [script, String(batches), String(keys), String(size)], {
    env: { ...process.env, MLFLOW_TRACKING_URI: `http://127.0.0.1:${address.port}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(client, 'exit');
  server.close();
  const sent = recorded.filter(({ path }) => path.endsWith('/runs/log-batch'));
  if (code !== 0 || sent.length !== batches)
    throw new Error(`${sent.length} of ${batches} requests were recorded`);
  return sent;
}
