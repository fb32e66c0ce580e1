import { expect, it } from 'vitest';
import { parseNvidiaSmi, readGpu } from './nvidia-smi.ts';

it('adds up the cards and averages their load', () => {
  expect(parseNvidiaSmi('37, 10240, 24564\n63, 2048, 24564\n')).toEqual({
    usagePercent: 50,
    memoryUsedMb: 12288,
    memoryTotalMb: 49128,
  });
});

it('does not know what the card does not tell', () => {
  expect(parseNvidiaSmi('[N/A], 512, 8192\n')).toMatchObject({ usagePercent: null, memoryUsedMb: 512 });
  expect(parseNvidiaSmi('No devices were found\n')).toBeUndefined();
  expect(parseNvidiaSmi('')).toBeUndefined();
});

it('finds no GPU where the program is missing', async () => {
  expect(await readGpu('/nonexistent/nvidia-smi')).toBeUndefined();
});
