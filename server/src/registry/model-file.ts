import { extname } from 'node:path';
import type { ModelFormat, ModelTask } from '@hearth/contract';
import { readSafetensorsHeader } from './facts/array-header.ts';
import { Unreadable } from './facts/facts.ts';
import { FileWindow } from './facts/file-window.ts';

export interface ModelFacts {
  format: ModelFormat;
  task: ModelTask;
  metadata: Record<string, unknown>;
}

/** Recognises a model file by its content; a file named .gguf, .onnx or .safetensors must be one. */
export async function inspectModelFile(path: string, fileName: string): Promise<ModelFacts> {
  await using file = await FileWindow.open(path);
  if (file.sizeBytes === 0) throw new Unreadable('The file is empty.');
  const head = await file.read(0, 24);
  const extension = extname(fileName).toLowerCase();
  if (head.toString('latin1', 0, 4) === 'GGUF') return describeGguf(head);
  if (extension === '.gguf') throw new Unreadable('The file is named .gguf but does not begin like one.');
  if (extension === '.onnx') {
    if (!looksLikeOnnx(head)) throw new Unreadable('The file is named .onnx but is not an ONNX model.');
    return { format: 'onnx', task: 'unknown', metadata: {} };
  }
  if (extension === '.safetensors') {
    const tensors = await readSafetensorsHeader(head, (length) => file.read(8, length), file.sizeBytes);
    const countOf = ({ shape }: { shape: number[] }) => shape.reduce((a, b) => a * b, 1);
    const parameters = tensors.values().reduce((sum, tensor) => sum + countOf(tensor), 0);
    return { format: 'safetensors', task: 'unknown', metadata: { tensors: tensors.size, parameters } };
  }
  return { format: 'other', task: 'unknown', metadata: {} };
}

function describeGguf(head: Buffer): ModelFacts {
  if (head.length < 24) throw new Unreadable('The GGUF file is cut short.');
  const version = head.readUInt32LE(4);
  if (version < 2 || version > 3) throw new Unreadable(`GGUF version ${version} is not read, only 2 and 3.`);
  const tensors = Number(head.readBigUInt64LE(8));
  return { format: 'gguf', task: 'text-generation', metadata: { gguf_version: version, tensors } };
}

/** An ONNX model is a protobuf whose fields are few: it begins with ir_version (a small varint) or producer_name. */
function looksLikeOnnx(head: Buffer): boolean {
  const [tag = 0, value = 0] = head;
  if (tag === 0x08) return value >= 1 && value <= 32;
  return tag === 0x12 && value < head.length + 200;
}
