import assert from 'node:assert/strict';
import { AnalyticsCollector } from '@hearth/toolkit/features';

const collector = new AnalyticsCollector();
collector.trackEvent('user_login', { userId: '123' });
collector.trackMetric('response_time', 0.5);
assert.equal(collector.getMetricStats('response_time')?.avg, 0.5);
assert.deepEqual(collector.getReport().events, [{ name: 'user_login', count: 1 }]);
