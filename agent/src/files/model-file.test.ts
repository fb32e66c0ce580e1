import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from '@hearth/learning';
import { expect, it } from 'vitest';
import { bundled } from '../../../learning/src/testing/files.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { makeGguf } from '../testing/gguf.ts';
import { readGgufFacts } from './gguf-facts.ts';
import { sniffModel, UnreadableModel } from './model-file.ts';

async function put(name: string, bytes: Uint8Array | string): Promise<[string, string]> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, bytes);
  return [path, name];
}

it('knows our own models by their content', async () => {
  const config = { learning_rate: 0.05, batch_size: 16, epochs: 1 };
  const { artifacts } = await train({ architecture: 'logistic', data: bundled('iris.csv'), config });
  for (const { name, format, bytes } of artifacts)
    expect(await sniffModel(...(await put(name, bytes)))).toBe(format);
  const [path] = await put('', makeGguf(10_000));
  expect(await sniffModel(path, 'without a name')).toBe('gguf');
  expect(await readGgufFacts(path)).toMatchObject({
    architecture: 'llama',
    context_length: 256,
    chats: false,
  });
  expect(await sniffModel(...(await put('weights.bin', 'whatever')))).toBe('other');
});

it('says what is wrong with a file that is not what it is called', async () => {
  const wrong: [string, string | Uint8Array, RegExp][] = [
    ['m.gguf', '<!DOCTYPE html>', /not a GGUF file: it begins with "<!DOCTYPE html>"/],
    ['m.gguf', '', /not a GGUF file/],
    ['m.onnx', 'nonsense', /not an ONNX graph that can be run/],
    ['m.safetensors', 'abc', /no readable header/],
    ['m.safetensors', Buffer.alloc(100, 255), /no readable header/],
    ['model', '  <html>sign in</html>', /a web page/],
  ];
  for (const [name, bytes, words] of wrong) {
    const attempt = sniffModel(...(await put(name, bytes)));
    await expect(attempt).rejects.toThrow(words);
    await expect(attempt).rejects.toBeInstanceOf(UnreadableModel);
  }
  const [path] = await put('', makeGguf(10_000).subarray(0, 90));
  await expect(readGgufFacts(path)).rejects.toBeInstanceOf(UnreadableModel);
});
