import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createGpuReader, parseNvidiaSmi } from './gpus.ts';

const GiB = 1024 ** 3;

it('reads one GPU', () => {
  expect(parseNvidiaSmi('NVIDIA GeForce RTX 3090, 37, 2048, 24576, 61\n')).toEqual([
    {
      name: 'NVIDIA GeForce RTX 3090',
      utilization: 0.37,
      memory_used_bytes: 2 * GiB,
      memory_total_bytes: 24 * GiB,
      temperature_celsius: 61,
    },
  ]);
});

it('reads two GPUs', () => {
  const two = 'NVIDIA A100-SXM4-40GB, 0, 0, 40960, 31\nNVIDIA A100-SXM4-40GB, 100, 40000, 40960, 70\n';
  expect(parseNvidiaSmi(two).map((gpu) => gpu.utilization)).toEqual([0, 1]);
});

it('knows what it does not know', () => {
  const [gpu] = parseNvidiaSmi('NVIDIA GB10, [N/A], [N/A], [N/A], 44\n');
  expect(gpu).toMatchObject({ utilization: null, memory_total_bytes: 0, temperature_celsius: 44 });
  expect(parseNvidiaSmi('Tesla K80, [Not Supported], 11, 11441, [Unknown Error]')[0]).toMatchObject({
    utilization: null,
    temperature_celsius: null,
  });
});

it('reads no GPU out of an error message', () => {
  const error =
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n";
  expect(parseNvidiaSmi(error)).toEqual([]);
  expect(parseNvidiaSmi('No devices were found\n')).toEqual([]);
});

it('asks a real program, no more often than allowed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-gpu-'));
  const program = join(folder, 'nvidia-smi');
  await writeFile(program, `#!/bin/sh\necho x >> ${folder}/calls\necho "RTX, 5, 1, 2, 3"\n`);
  await chmod(program, 0o755);
  let time = 0;
  const read = createGpuReader({ program, now: () => time });
  expect(await read()).toHaveLength(1);
  time = 1999;
  expect(await read()).toHaveLength(1);
  expect(await readFile(join(folder, 'calls'), 'utf8')).toBe('x\n');
  time = 2000;
  await read();
  expect(await readFile(join(folder, 'calls'), 'utf8')).toBe('x\nx\n');
});

it('reports none where the program is absent or fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-gpu-'));
  const program = join(folder, 'nvidia-smi');
  const absent = createGpuReader({ program, everyMs: 0 });
  expect(await absent()).toEqual([]);
  await writeFile(program, '#!/bin/sh\necho "RTX, 5, 1, 2, 3"; exit 9\n', { mode: 0o755 });
  expect(await absent()).toEqual([]);
  expect(await createGpuReader({ program })()).toEqual([]);
});
