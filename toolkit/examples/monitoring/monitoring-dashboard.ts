import assert from 'node:assert/strict';
import { MonitoringDashboard } from '@hearth/toolkit/monitoring';
import { temporaryFolder } from '../temporary-folder.ts';

const dashboard = new MonitoringDashboard();
dashboard.start();
dashboard.metrics.record('orders', 3);
const status = await dashboard.getFullStatus();
assert.equal(status.metrics.orders?.count, 1);
await dashboard.exportReport(`${temporaryFolder()}/report.json`);
dashboard.stop();
