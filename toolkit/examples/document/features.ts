/** Section 5 of the document. */
import assert from 'node:assert/strict';
import {
  getAnalyticsCollector,
  getNotificationManager,
  getResultCache,
  getTaskScheduler,
  TaskPriority,
} from '@hearth/toolkit/features';

const cache = getResultCache();
await cache.set('ls -la', { files: ['a'] });
assert.deepEqual(await cache.get('ls -la'), { files: ['a'] });
assert.equal((await cache.getStats()).hits, 1);

const scheduler = getTaskScheduler();
scheduler.start();
const taskId = scheduler.scheduleTask(() => 'done', {
  delayMs: 10_000,
  priority: TaskPriority.HIGH,
  repeat: true,
  intervalMs: 60_000,
});
assert.equal(scheduler.getTaskStatus(taskId)?.status, 'pending');
scheduler.cancelTask(taskId);
await scheduler.stop();

const manager = getNotificationManager();
const types: string[] = [];
manager.subscribe('user_login', (notification) => types.push(`Событие: ${notification.type}`));
manager.notify('user_login', { userId: '123' });
assert.deepEqual(types, ['Событие: user_login']);
assert.equal(manager.getNotifications('user_login', { limit: 10 }).length, 1);

const collector = getAnalyticsCollector();
collector.trackEvent('user_login', { userId: '123' });
collector.trackMetric('response_time', 0.5);
assert.equal(collector.getMetricStats('response_time')?.avg, 0.5);
assert.equal(collector.getReport().totalEvents, 1);
