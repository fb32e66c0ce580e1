import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, type Llama, type LlamaModel, readGgufFileInfo, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildVocabulary, decodeText, encodeText } from '../data/text.ts';
import { feed, openSession } from '../runtime/session.ts';
import { trainTestLlama } from '../testing/tiny-gguf.ts';
import type { TextMetadata } from '../training/metadata.ts';
import type { Artifact, TrainedModel } from '../training/run.ts';
import { ggufName } from './llama-gguf.ts';
import { unknownCopies } from './vocabulary.ts';

let folder: string;
let path: string;
let trained: TrainedModel;
let llama: Llama;
let model: LlamaModel;
const artifact = (format: Artifact['format']) => trained.artifacts.find((it) => it.format === format)!;

beforeAll(async () => {
  trained = await trainTestLlama();
  folder = await mkdtemp(join(tmpdir(), 'hearth-gguf-'));
  path = join(folder, 'model.gguf');
  await writeFile(path, artifact('gguf').bytes);
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1 });
  model = await llama.loadModel({ modelPath: path });
}, 120_000);

afterAll(async () => {
  await model?.dispose();
  await llama?.dispose();
  await rm(folder, { recursive: true, force: true });
});

it('states its architecture, and is small with a context of 256', async () => {
  const { metadata } = await readGgufFileInfo(path);
  expect(metadata.general.architecture).toBe('llama');
  expect(model.trainContextSize).toBe(256);
  expect(artifact('gguf').bytes.length).toBeLessThan(1_000_000);
});

it.each([
  ['the training alphabet', () => (trained.metadata as TextMetadata).vocabulary.join('')],
  ['spaces at both ends and in a row', () => '  two  spaces '],
  ['line breaks', () => '\nfirst\n\nthird\n'],
  ['Cyrillic, which was never trained', () => 'Привет, мир'],
  ['emoji and joiners', () => '🙂👩‍👩‍👧 ok'],
  ['a tab and a carriage return', () => 'a\tb\r\nc'],
])('tokenises and gives back %s', (_name, text) => {
  const tokens = model.tokenize(text());
  expect(model.detokenize(tokens)).toBe(text());
});

it('spells trained text with one token a character', () => {
  expect(model.tokenize('Alice was here')).toHaveLength('Alice was here'.length);
});

/** Scores of the token after `ids`, by the ONNX export. */
async function onnxScores(): Promise<(ids: number[]) => Promise<Float32Array>> {
  const { vocabulary, context_length: context } = trained.metadata as TextMetadata;
  const session = await openSession(artifact('onnx').bytes, { intraOpNumThreads: 1 });
  const width = vocabulary.length + 1;
  return async (ids) => {
    const window = new BigInt64Array(context);
    window.set(ids.map(BigInt));
    const { logits } = await session.run({ input_ids: feed(window, [1, context]) });
    return (logits!.data as Float32Array).slice((ids.length - 1) * width, ids.length * width);
  };
}

/** The likeliest next characters, one after the other, by the ONNX export. */
async function continueWithOnnx(prompt: string, count: number): Promise<string> {
  const { vocabulary: characters } = trained.metadata as TextMetadata;
  const scores = await onnxScores();
  const ids = [...encodeText(prompt, { characters })];
  for (let made = 0; made < count; made++) {
    const row = await scores(ids);
    ids.push(row.indexOf(Math.max(...row)));
  }
  return decodeText(ids.slice(-count), { characters });
}

it('gives every next character the probability that the ONNX export gives it', async () => {
  const { vocabulary: characters } = trained.metadata as TextMetadata;
  const prompt = 'The Queen said';
  const context = await model.createContext({ contextSize: 256 });
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const output = context
    .getSequence()
    .evaluateWithMetadata(model.tokenize(prompt), { probabilities: true }, options);
  const { value } = await output.next();
  await output.return();
  await context.dispose();
  if (!value) throw new Error('llama.cpp answered nothing');

  const scores = await (await onnxScores())([...encodeText(prompt, { characters })]);
  const powers = scores.map((score) => Math.exp(score));
  const total = powers.reduce((sum, it) => sum + it, 0);
  for (const [index, character] of characters.entries()) {
    const [token] = model.tokenize(character);
    expect(value.probabilities.get(token!) ?? 0, character).toBeCloseTo(powers[index + 1]! / total, 4);
  }
});

it('continues in llama.cpp exactly as the ONNX export does', async () => {
  const prompt = 'Alice was beginning to';
  const context = await model.createContext({ contextSize: 256 });
  const tokens: Token[] = [];
  for await (const token of context.getSequence().evaluate(model.tokenize(prompt), { temperature: 0 })) {
    tokens.push(token);
    if (tokens.length === 60) break;
  }
  await context.dispose();
  const text = model.detokenize(tokens);
  expect(text).toBe(await continueWithOnnx(prompt, 60));
  expect(text).toMatch(/[a-z]+ [a-z]+/);
});

it('gives every unseen token the weights of the unknown one', () => {
  expect(unknownCopies).toBe(259);
  expect(model.fileInfo.metadata.tokenizer.ggml.tokens).toHaveLength(
    259 + buildVocabulary((trained.metadata as TextMetadata).vocabulary.join('')).characters.length,
  );
});

it('refuses a parameter that llama.cpp has no name for', () => {
  expect(() => ggufName('model.layers.0.extra.weight')).toThrow('has no name');
});
