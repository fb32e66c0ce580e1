import assert from 'node:assert/strict';
import { TaskPriority, TaskScheduler } from '@hearth/toolkit/features';

const scheduler = new TaskScheduler({ maxConcurrent: 1 });
const order: string[] = [];
scheduler.scheduleTask(() => order.push('low'), { priority: TaskPriority.LOW });
const high = scheduler.scheduleTask(() => order.push('high'), { priority: TaskPriority.HIGH });
const nightly = scheduler.scheduleTask(() => order.push('night'), {
  cron: '0 2 * * *',
  timezone: 'Europe/Moscow',
});

scheduler.start();
await new Promise((resolve) => setTimeout(resolve, 20));
assert.deepEqual(order, ['high', 'low']);
assert.equal(scheduler.getTaskStatus(high)?.status, 'completed');
scheduler.cancelTask(nightly);
await scheduler.stop();
