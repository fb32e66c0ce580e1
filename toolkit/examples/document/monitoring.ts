/** Section 1 of the document. */
import assert from 'node:assert/strict';
import {
  AdvancedLogger,
  ErrorTracker,
  getMonitoringDashboard,
  MetricsCollector,
  PerformanceProfiler,
  SystemMonitor,
} from '@hearth/toolkit/monitoring';

const collector = new MetricsCollector({ maxSamples: 1000 });
collector.record('response_time', 0.5);
const metric = collector.getStats('response_time');
assert.equal(metric?.count, 1);

const monitor = new SystemMonitor({ intervalMs: 5000 });
monitor.start();
const system = await monitor.getCurrentStatus();
monitor.stop();
assert(system.memoryPercent > 0);

const logger = new AdvancedLogger({ console: false });
const moduleLogger = logger.getLogger('app.module');
moduleLogger.info('Сообщение');
await logger.close();
assert.equal(logger.getRecentLogs()[0]?.msg, 'Сообщение');

const tracker = new ErrorTracker();
tracker.recordError('ValueError', 'Invalid value');
assert.equal(tracker.getErrorSummary().total, 1);

const profiler = new PerformanceProfiler();
profiler.measure('operation_name', 500);
assert.equal(profiler.getPerformanceStats('operation_name')?.avgMs, 500);

const dashboard = getMonitoringDashboard();
dashboard.start();
const status = await dashboard.getFullStatus();
dashboard.stop();
assert(status.system.processCount > 0);
