import { mkdtemp } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Machine, Vitals } from '@hearth/contract';
import { expect, it } from 'vitest';
import { cpuFraction, sumCpuTimes } from './cpu.ts';
import { readMachine } from './machine.ts';
import { parseProcNetDev, rate } from './network.ts';
import { createVitalsReader } from './vitals.ts';

it('measures the busy share between two readings, or says it cannot', () => {
  const times = (user: number, idle: number) => [{ times: { user, nice: 0, sys: 0, irq: 0, idle } }];
  const before = sumCpuTimes(times(100, 900));
  expect(cpuFraction(before, sumCpuTimes(times(130, 970)))).toBeCloseTo(0.3);
  expect(cpuFraction(before, before)).toBeNull();
});

it('adds up interfaces without those inside the machine', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 99999 10 0 0 0 0 0 0 99999 10 0 0 0 0 0 0
  eth0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0
  docker0: 77 1 0 0 0 0 0 0 77 1 0 0 0 0 0 0
 wlan0:500 10 0 0 0 0 0 0 25 20 0 0 0 0 0 0
`;
  expect(parseProcNetDev(text)).toEqual({ rx: 1500, tx: 2025 });
});

it('gives no rate for a counter that went back', () => {
  expect(rate(1000, 3000, 2000)).toBe(1000);
  expect(rate(1000, 900, 2000)).toBeNull();
  expect(rate(1000, 1100, 0)).toBeNull();
});

it('reads this machine as the contract wants it, and sees a busy core', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hearth-vitals-'));
  const read = createVitalsReader({ home, readGpus: async () => [] });
  Vitals.parse(await read());
  const until = performance.now() + 300;
  while (performance.now() < until) cpus();
  await sleep(20);
  const vitals = Vitals.parse(await read());
  expect(vitals.cpu_fraction).toBeGreaterThan(0.5 / cpus().length);
  expect(vitals.disk_total_bytes).toBeGreaterThan(0);
  expect(vitals.memory_used_bytes).toBeLessThan(vitals.memory_total_bytes);
  Machine.parse(await readMachine(async () => []));
});
