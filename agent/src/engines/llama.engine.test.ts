import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainTinyGguf } from '../../../learning/src/testing/tiny-gguf.ts';
import { withChatTemplate } from '../testing/gguf.ts';
import type { Engine, TextRequest } from './engine.ts';
import { openLlama } from './llama.engine.ts';

let folder: string;
let gguf: Buffer;
let base: Engine;
let chat: Engine;
const open = (path: string) =>
  openLlama({ path, metadata: {}, gpuFolder: join(folder, 'gpu'), onProgress: () => undefined });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-llama-'));
  gguf = Buffer.from(await trainTinyGguf());
  await writeFile(join(folder, 'base.gguf'), gguf);
  const template = `{% for message in messages %}{{ message['role'] }} said: {{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}assistant said: {% endif %}`;
  await writeFile(join(folder, 'chat.gguf'), withChatTemplate(gguf, template));
  [base, chat] = await Promise.all([open(join(folder, 'base.gguf')), open(join(folder, 'chat.gguf'))]);
}, 120_000);
afterAll(async () => {
  await base.close();
  await chat.close();
});

const never = new AbortController().signal;
type Sampling = TextRequest['sampling'];
const completion = (prompt: string, sampling: Partial<Sampling> = {}): TextRequest => ({
  kind: 'completion',
  prompt,
  sampling: { maxTokens: 40, temperature: 0, stop: [], ...sampling },
});

async function run(request: TextRequest, { engine = base, signal = never } = {}) {
  const pieces: string[] = [];
  const end = await engine.generate(request, signal, (text) => pieces.push(text));
  return { pieces, text: pieces.join(''), ...end };
}

it('continues a text in pieces, and counts what it read and wrote', async () => {
  const { pieces, text, finishReason, usage } = await run(completion('Alice was '));
  expect(finishReason).toBe('length');
  expect(usage.completion_tokens).toBe(40);
  expect(usage.total_tokens).toBe(usage.prompt_tokens + 40);
  expect(usage.prompt_tokens).toBeGreaterThanOrEqual('Alice was '.length);
  expect(text.length).toBeGreaterThan(30);
  expect(pieces.length).toBeGreaterThan(30);
  expect(text).toMatch(/[a-z]+ [a-z]+/);
});

it('is the same for the same seed, or for no temperature, and differs for others', async () => {
  const sampled = (seed: number) => run(completion('The Queen ', { temperature: 1, topP: 1, seed }));
  const [greedy, again] = [await run(completion('The Queen ')), await run(completion('The Queen '))];
  expect(again.text).toBe(greedy.text);
  const [one, same, other] = [await sampled(7), await sampled(7), await sampled(8)];
  expect(same.text).toBe(one.text);
  expect(other.text).not.toBe(one.text);
});

it('stops at a stop string that lies across tokens, and does not show it', async () => {
  const { text } = await run(completion('Alice was '));
  const stop = text.slice(12, 16);
  const stopped = await run(completion('Alice was ', { stop: ['\u0000', stop] }));
  expect(stopped.finishReason).toBe('stop');
  expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
});

it('answers more at once than there are sequences', async () => {
  const prompts = ['Alice ', 'The Queen ', 'Why ', 'the Rabbit ', 'and then ', 'you ', 'said the '];
  const answers = await Promise.all(prompts.map((prompt) => run(completion(prompt, { maxTokens: 12 }))));
  for (const answer of answers) expect(answer.usage.completion_tokens).toBe(12);
});

it('can be aborted before its first token, between tokens, and while it waits', async () => {
  const before = run(completion('x'), { signal: AbortSignal.abort() });
  await expect(before).rejects.toThrow('abort');
  const abort = new AbortController();
  const running = base.generate(completion('Alice ', { maxTokens: 200 }), abort.signal, () => abort.abort());
  await expect(running).rejects.toThrow('abort');

  const hold = new AbortController();
  const long = Array.from({ length: 5 }, () =>
    run(completion('Alice ', { maxTokens: 240 }), { signal: hold.signal }),
  );
  const settled = Promise.allSettled(long);
  hold.abort();
  for (const outcome of await settled) expect(outcome.status).toBe('rejected');
  expect((await run(completion('Alice was ', { maxTokens: 5 }))).usage.completion_tokens).toBe(5);
});

it('fills its context and no more, and refuses a text that does not fit', async () => {
  const contextLength = base.facts.contextLength ?? 0;
  expect(contextLength).toBe(256);
  const full = await run(completion('Alice ', { maxTokens: 10_000 }));
  expect(full.usage.total_tokens).toBe(contextLength);
  expect(full.finishReason).toBe('length');
  const tooLong = run(completion('Alice '.repeat(60)));
  await expect(tooLong).rejects.toMatchObject({ code: 'inference.context_exceeded' });
});

it('chats with the template of the model, and continues the text where there is none', async () => {
  expect(base.facts.chats).toBe(false);
  expect(chat.facts.chats).toBe(true);
  const messages = [
    { role: 'user' as const, content: 'Who is Alice' },
    { role: 'assistant' as const, content: 'a child' },
    { role: 'user' as const, content: 'Where is she' },
  ];
  const sampling = { maxTokens: 10, temperature: 0, stop: [] };
  const plain = await run({ kind: 'chat', messages, sampling });
  const same = await run(completion('Who is Alice\na child\nWhere is she', { maxTokens: 10 }));
  expect(plain.text).toBe(same.text);

  const templated = await run({ kind: 'chat', messages, sampling }, { engine: chat });
  const rendered =
    'user said: Who is Alice\nassistant said: a child\nuser said: Where is she\nassistant said: ';
  const byHand = await run(completion(rendered, { maxTokens: 10 }), { engine: chat });
  expect(templated.text).toBe(byHand.text);
  expect(templated.usage.prompt_tokens).toBe(byHand.usage.prompt_tokens);
});

it('goes on with what it remembers of a chat, without a change in what it says', async () => {
  const turns = (count: number) => Array.from({ length: count }, (_, i) => `Alice said ${i} `).join('');
  const first = await run(completion(turns(8), { maxTokens: 8 }));
  await run(completion('Something else', { maxTokens: 8 }));
  expect((await run(completion(turns(8), { maxTokens: 8 }))).text).toBe(first.text);
});

it('says what is wrong with a file that is no model', async () => {
  const path = join(folder, 'broken.gguf');
  await writeFile(path, gguf.subarray(0, gguf.length / 2));
  await expect(open(path)).rejects.toThrow();
  await expect(base.predict([])).rejects.toMatchObject({ code: 'deployment.unsuited' });
});
