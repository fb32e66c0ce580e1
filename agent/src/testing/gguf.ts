/** Hand-made GGUF files for tests (ggml's docs/gguf.md). */

const u32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
};
const u64 = (n: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n));
  return bytes;
};
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const numberEntry = (key: string, value: number) => Buffer.concat([text(key), u32(4), u32(value)]);
const textEntry = (key: string, value: string) => Buffer.concat([text(key), u32(8), text(value)]);

/** A file of about so many bytes whose header can be read; no model can be loaded from it. */
export function makeGguf(sizeBytes: number): Buffer {
  const entries = [
    textEntry('general.architecture', 'llama'),
    textEntry('general.name', 'Hand-made'),
    numberEntry('llama.context_length', 256),
    numberEntry('llama.embedding_length', 64),
    numberEntry('llama.block_count', 1),
    numberEntry('llama.attention.head_count', 4),
    textEntry('tokenizer.ggml.model', 'llama'),
  ];
  const rows = Math.floor(sizeBytes / 4 / 64);
  const tensor = Buffer.concat([text('token_embd.weight'), u32(2), u64(64), u64(rows), u32(0), u64(0)]);
  const head = [Buffer.from('GGUF'), u32(3), u64(1), u64(entries.length), ...entries, tensor];
  const length = head.reduce((sum, part) => sum + part.length, 0);
  const weights = Buffer.alloc(rows * 64 * 4, 1);
  return Buffer.concat([...head, Buffer.alloc((32 - (length % 32)) % 32), weights]);
}

/** The same model with a chat template. What is added is a multiple of 32 bytes long, so nothing loses its alignment. */
export function withChatTemplate(gguf: Buffer, template: string): Buffer {
  const entry = (padding: number) =>
    textEntry('tokenizer.chat_template', `{#${' '.repeat(padding)}#}${template}`);
  const added = entry((32 - (entry(0).length % 32)) % 32);
  const count = Number(gguf.readBigUInt64LE(16));
  return Buffer.concat([gguf.subarray(0, 16), u64(count + 1), added, gguf.subarray(24)]);
}
