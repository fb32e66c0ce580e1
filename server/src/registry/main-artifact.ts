import type { ModelTask } from '@hearth/contract';

interface File {
  name: string;
  format: string;
  sizeBytes: number;
}

/** The file meant by "the model": GGUF for language models, ONNX otherwise, else the largest there is. */
export function mainArtifact<F extends File>(task: ModelTask, files: readonly F[]): F | undefined {
  const order =
    task === 'text-generation' ? ['gguf', 'safetensors', 'onnx'] : ['onnx', 'gguf', 'safetensors'];
  const ranked = files.toSorted((a, b) => rank(order, a) - rank(order, b) || b.sizeBytes - a.sizeBytes);
  return ranked[0];
}

function rank(order: string[], file: File): number {
  const place = order.indexOf(file.format);
  return place < 0 ? order.length : place;
}
