import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** A file that is not what its name says, in words for the person who asked for it. */
export class UnreadableModel extends Error {}

export type ModelFormat = 'gguf' | 'onnx' | 'safetensors' | 'other';

/** What a model file is, by its content; the name only says what it must be. Throws UnreadableModel. */
export async function sniffModel(path: string, name: string): Promise<ModelFormat> {
  const head = await readHead(path, 64);
  const extension = extname(name).toLowerCase();
  if (head.subarray(0, 4).toString('latin1') === 'GGUF') return 'gguf';
  if (extension === '.gguf')
    throw new UnreadableModel(`${name} is not a GGUF file: it begins with ${quote(head)}.`);
  if (extension === '.safetensors') {
    await checkSafetensors(path, name, head);
    return 'safetensors';
  }
  if (extension === '.onnx') {
    await checkOnnx(path, name);
    return 'onnx';
  }
  if (/^\s*<(!doctype|html)/i.test(head.toString('latin1')))
    throw new UnreadableModel(`${name} is a web page, not a model.`);
  return 'other';
}

async function readHead(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const quote = (head: Buffer) => JSON.stringify(head.subarray(0, 16).toString('latin1'));

async function checkSafetensors(path: string, name: string, head: Buffer): Promise<void> {
  const length = head.length >= 8 ? Number(head.readBigUInt64LE()) : 0;
  const isPlausible = length >= 2 && length <= 100 * 1024 * 1024;
  const header = isPlausible ? (await readHead(path, 8 + length)).subarray(8) : Buffer.alloc(0);
  try {
    JSON.parse(header.toString('utf8'));
  } catch {
    throw new UnreadableModel(`${name} is not a safetensors file: it has no readable header.`);
  }
}

/** The runtime that will execute the graph is the one to say whether it can. */
async function checkOnnx(path: string, name: string): Promise<void> {
  const { InferenceSession } = await import('onnxruntime-node');
  try {
    const session = await InferenceSession.create(path);
    await session.release();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableModel(`${name} is not an ONNX graph that can be run: ${reason.slice(0, 300)}`);
  }
}
