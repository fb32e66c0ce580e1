import type { Artifact, DeploymentSpec, ModelVersion } from '@hearth/contract';

export interface EngineChoice {
  engine: DeploymentSpec['engine'];
  artifact: Artifact;
}

/** The engine that can serve a version and the file it needs: llama.cpp for GGUF, ONNX for our own tabular models. */
export function chooseEngine(
  version: Pick<ModelVersion, 'task' | 'artifacts' | 'metadata'>,
): EngineChoice | undefined {
  const of = (format: string) => version.artifacts.find((artifact) => artifact.format === format);
  const gguf = of('gguf');
  if (gguf) return { engine: 'llama', artifact: gguf };
  const onnx = of('onnx');
  // Without the description of its columns nobody could tell what the numbers mean.
  return onnx && Array.isArray(version.metadata.features) ? { engine: 'onnx', artifact: onnx } : undefined;
}
