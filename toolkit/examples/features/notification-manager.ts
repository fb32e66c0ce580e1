import assert from 'node:assert/strict';
import { NotificationManager } from '@hearth/toolkit/features';

const failures: object[] = [];
const manager = new NotificationManager({ log: { warn: (details) => failures.push(details) } });
const seen: unknown[] = [];
manager.subscribe('user_login', () => {
  throw new Error('this one fails');
});
const leave = manager.subscribe('user_login', (notification) => seen.push(notification.data));
manager.notify('user_login', { userId: '123' });
leave();
assert.deepEqual(seen, [{ userId: '123' }]);
assert.equal(manager.getNotifications('user_login', { limit: 10 }).length, 1);
