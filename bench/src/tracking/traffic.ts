import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Recorded } from './recorder.ts';

/** A server that speaks MLflow's API, and how it is told who asks. */
export interface Target {
  url: string;
  token: string;
}
export const batchSize = 1000;
const lines = 4;

function post(agent: Agent, { url, token }: Target, path: string, body: Buffer): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    authorization: `Bearer ${token}`,
  };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(url + path, { agent, method: 'POST', headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    answer
      .on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))))
      .on('error', reject);
  });
  sent.on('error', reject).end(body);
  return promise;
}

async function withAgent<T>(work: (agent: Agent) => Promise<T>): Promise<T> {
  const agent = new Agent({ keepAlive: true, maxSockets: lines });
  try {
    return await work(agent);
  } finally {
    agent.destroy();
  }
}

const api = '/api/2.0/mlflow';
async function newRun(agent: Agent, target: Target): Promise<string> {
  const body = Buffer.from(JSON.stringify({ experiment_id: '0', start_time: 1_700_000_000_000 }));
  const { run } = JSON.parse(await post(agent, target, `${api}/runs/create`, body)) as {
    run: { info: { run_id: string } };
  };
  return run.info.run_id;
}

/** Feeds recorded batches to a new run over four connections; points a second. */
export function ingestRate(target: Target, recorded: readonly Recorded[]): Promise<number> {
  return withAgent(async (agent) => {
    const run = await newRun(agent, target);
    const bodies = recorded.map(({ body }) => Buffer.from(body.toString().replaceAll('0'.repeat(32), run)));
    const from = performance.now();
    const line = async () => {
      for (let body = bodies.pop(); body; body = bodies.pop())
        await post(agent, target, `${api}/runs/log-batch`, body);
    };
    await Promise.all(Array.from({ length: lines }, line));
    return (recorded.length * batchSize) / ((performance.now() - from) / 1000);
  });
}

const keys = 10;
function batchOf(run_id: string, batch: number): Buffer {
  const metrics = Array.from({ length: batchSize }, (_, index) => {
    const step = batch * (batchSize / keys) + Math.floor(index / keys);
    return { key: `metric_${index % keys}`, value: 1 / (1 + step), timestamp: step, step };
  });
  return Buffer.from(JSON.stringify({ run_id, metrics }));
}

/** A run with so many points, and what sends a batch of the middle of it once more; ms, the middle of several. */
export function retrying(target: Target, points: number): Promise<() => Promise<number>> {
  return withAgent(async (agent) => {
    const run = await newRun(agent, target);
    for (let batch = 0; batch < points / batchSize; batch += 1)
      await post(agent, target, `${api}/runs/log-batch`, batchOf(run, batch));
    const again = batchOf(run, Math.floor(points / batchSize / 2));
    return () =>
      withAgent(async (own) => {
        const times: number[] = [];
        for (let round = 0; round < 21; round += 1) {
          const from = performance.now();
          await post(own, target, `${api}/runs/log-batch`, again);
          times.push(performance.now() - from);
        }
        return times.sort((a, b) => a - b)[10]!;
      });
  });
}

/** The same through the client itself, which takes most of the time; points a second. */
export async function clientRate({ url, token }: Target, python: string, batches: number): Promise<number> {
  const run = await withAgent((agent) => newRun(agent, { url, token }));
  const script = fileURLToPath(new URL('record.py', import.meta.url));
  const client = spawn(python, [script, String(batches), '10', String(batchSize), run], {
    env: { ...process.env, MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  client.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(client, 'close');
  const seconds = Number(/took ([\d.]+)/.exec(output)?.[1]);
  if (code !== 0 || !(seconds > 0)) throw new Error(`the client ended with ${code}: ${output}`);
  return (batches * batchSize) / seconds;
}

/** Runs with params, tags and metrics, for a search to look through. */
export function fillRuns(target: Target, count: number): Promise<void> {
  return withAgent(async (agent) => {
    let next = 0;
    const line = async () => {
      for (let index = next++; index < count; index = next++) {
        const run_id = await newRun(agent, target);
        const body = {
          run_id,
          metrics: ['loss', 'accuracy'].map((key, place) => ({
            key,
            value: ((index * 7919) % 1000) / 1000 + place,
            timestamp: index,
            step: 1,
          })),
          params: [
            { key: 'optimizer', value: ['adam', 'sgd', 'rmsprop'][index % 3] },
            { key: 'depth', value: String(index % 10) },
          ],
          tags: [{ key: 'team', value: `team ${index % 7}` }],
        };
        await post(agent, target, `${api}/runs/log-batch`, Buffer.from(JSON.stringify(body)));
      }
    };
    await Promise.all(Array.from({ length: lines }, line));
  });
}

const search = Buffer.from(
  JSON.stringify({
    experiment_ids: ['0'],
    filter: "metrics.loss < 0.5 and params.optimizer = 'adam' and tags.team LIKE 'team%'",
    order_by: ['metrics.loss ASC'],
    max_results: 100,
  }),
);

/** One search among all runs; ms, the middle of several. */
export function searchMs(target: Target): Promise<number> {
  return withAgent(async (agent) => {
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const from = performance.now();
      const { runs } = JSON.parse(await post(agent, target, `${api}/runs/search`, search)) as {
        runs: unknown[];
      };
      times.push(performance.now() - from);
      if (runs.length !== 100) throw new Error(`${runs.length} runs were found instead of 100`);
    }
    return times.sort((a, b) => a - b)[3]!;
  });
}
