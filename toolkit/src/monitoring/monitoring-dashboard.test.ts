import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getMonitoringDashboard, MonitoringDashboard } from './monitoring-dashboard.ts';

it('shows all in one place, and exports it', async () => {
  const clock = new ManualClock(0);
  const readings = {
    cpuPercent: 10,
    memoryPercent: 20,
    memoryAvailableMb: 30,
    diskPercent: 40,
    processCount: 5,
  };
  const dashboard = new MonitoringDashboard({ clock, system: { read: async () => readings } });
  dashboard.start();
  dashboard.metrics.record('response_time', 0.5);
  dashboard.errors.recordError('ValueError', 'Invalid value');
  dashboard.profiler.measure('operation', 5);
  await clock.advance(6000);
  const status = await dashboard.getFullStatus();
  expect(status).toMatchObject({
    timestamp: '1970-01-01T00:00:06.000Z',
    uptimeMs: 6000,
    system: { ...readings, timestamp: '1970-01-01T00:00:05.000Z' },
    metrics: { response_time: { count: 1 }, 'system.cpu_percent': { count: 2, latest: 10 } },
    errors: { total: 1 },
    performance: { operation: { count: 1 } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  await dashboard.exportReport(join(folder, 'report.json'));
  expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).toEqual(status);
  await rm(folder, { recursive: true });
  dashboard.stop();
  expect(clock.pendingTimers).toBe(0);
  expect(getMonitoringDashboard()).toBe(getMonitoringDashboard());
});
