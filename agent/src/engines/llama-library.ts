import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Llama } from 'node-llama-cpp';

type Library = typeof import('node-llama-cpp');

/**
 * The llama.cpp binding: the GPU build where `npm run gpu` has installed one, else the CPU build that comes with
 * the product. One core is left to everybody else: with more threads than free cores, llama.cpp's threads wait
 * for each other (measured: 0.2 tokens/s instead of 115).
 */
export async function loadLlama(gpuFolder: string): Promise<{ library: Library; llama: Llama }> {
  const gpuBuild = join(gpuFolder, 'node_modules/node-llama-cpp/dist/index.js');
  const hasGpuBuild = existsSync(gpuBuild);
  const library: Library = await import(hasGpuBuild ? pathToFileURL(gpuBuild).href : 'node-llama-cpp');
  const llama = await library.getLlama({
    gpu: hasGpuBuild ? 'auto' : false,
    build: 'never',
    skipDownload: true,
    maxThreads: Math.max(1, availableParallelism() - 1),
    logLevel: library.LlamaLogLevel.error,
    progressLogs: false,
  });
  return { library, llama };
}
