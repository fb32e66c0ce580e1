import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { type Readings, SystemMonitor, type SystemStatus } from './system-monitor.ts';

const readings: Readings = {
  cpuPercent: 1,
  memoryPercent: 2,
  memoryAvailableMb: 3,
  diskPercent: 4,
  processCount: 5,
};

describe('SystemMonitor', () => {
  it('reads real figures of this machine', async () => {
    const status = await new SystemMonitor().getCurrentStatus();
    for (const percent of [status.cpuPercent, status.memoryPercent, status.diskPercent]) {
      expect(percent).toBeGreaterThanOrEqual(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
    expect(status.memoryAvailableMb).toBeGreaterThan(1);
    expect(status.processCount).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(status.timestamp) - Date.now())).toBeLessThan(60_000);
  });

  it('samples now and every 5 s, once however often started, until stopped', async () => {
    const clock = new ManualClock(0);
    const samples: SystemStatus[] = [];
    const monitor = new SystemMonitor({
      clock,
      read: async () => readings,
      onSample: (s) => samples.push(s),
    });
    const stop = new AbortController();
    monitor.start({ signal: stop.signal });
    monitor.start();
    await clock.advance(11_000);
    expect(samples.map((sample) => sample.timestamp.slice(17, 19))).toEqual(['00', '05', '10']);
    expect(await monitor.getCurrentStatus()).toBe(samples[2]);
    stop.abort();
    await clock.advance(60_000);
    expect([samples.length, clock.pendingTimers, monitor.isRunning]).toEqual([3, 0, false]);
    monitor.start();
    await clock.advance(1);
    expect(samples).toHaveLength(4);
    monitor.stop();
  });

  it('goes on after a sample that failed, and stops during one', async () => {
    const clock = new ManualClock();
    const logged: object[] = [];
    let reads = 0;
    const read = async () => {
      if (++reads === 1) throw new Error('no /proc');
      return readings;
    };
    const monitor = new SystemMonitor({
      clock,
      read,
      log: { warn: (details) => logged.push(details) },
      onSample: () => monitor.stop(),
    });
    monitor.start();
    await clock.advance(20_000);
    expect(logged).toEqual([{ error: new Error('no /proc') }]);
    expect([reads, clock.pendingTimers]).toEqual([2, 0]);
  });
});
