import assert from 'node:assert/strict';
import { SystemMonitor } from '@hearth/toolkit/monitoring';

const monitor = new SystemMonitor({ intervalMs: 5000 });
monitor.start();
const status = await monitor.getCurrentStatus();
assert(status.cpuPercent >= 0 && status.memoryPercent > 0 && status.processCount > 0);
monitor.stop();
