import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getNotificationManager, NotificationManager } from './notification-manager.ts';

describe('NotificationManager', () => {
  it('tells the subscribers of the type and of all types', () => {
    const manager = new NotificationManager({ clock: new ManualClock(0) });
    const seen: unknown[] = [];
    manager.subscribe('user_login', (n) => seen.push(n));
    manager.subscribe('*', (n) => seen.push(n.type));
    manager.subscribe('user_logout', () => seen.push('wrong'));
    manager.notify('user_login', { userId: '123' });
    expect(seen).toEqual([
      { id: 1, type: 'user_login', data: { userId: '123' }, timestamp: '1970-01-01T00:00:00.000Z' },
      'user_login',
    ]);
  });

  it('trap: a failing subscriber harms nobody, whether it throws or rejects', async () => {
    const logged: object[] = [];
    const manager = new NotificationManager({ log: { warn: (details) => logged.push(details) } });
    const seen: string[] = [];
    manager.subscribe('x', () => {
      throw new Error('at once');
    });
    manager.subscribe('x', () => Promise.reject(new Error('later')));
    manager.subscribe('x', () => seen.push('told'));
    manager.notify('x');
    await Promise.resolve();
    expect(seen).toEqual(['told']);
    expect(logged).toEqual([
      { type: 'x', error: new Error('at once') },
      { type: 'x', error: new Error('later') },
    ]);
  });

  it('stops telling those who left', () => {
    const manager = new NotificationManager();
    const seen: string[] = [];
    const leave = manager.subscribe('x', () => seen.push('a'));
    const stop = new AbortController();
    manager.subscribe('x', () => seen.push('b'), { signal: stop.signal });
    leave();
    manager.notify('x');
    stop.abort();
    manager.notify('x');
    expect(seen).toEqual(['b']);
    manager.subscribe('x', () => seen.push('c'), { signal: stop.signal });
    manager.notify('x');
    expect(seen).toEqual(['b']);
  });

  it('keeps the newest, latest first', () => {
    const manager = new NotificationManager({ keep: 3 });
    for (const type of ['a', 'b', 'a', 'a']) manager.notify(type);
    expect(manager.getNotifications().map((n) => n.id)).toEqual([4, 3, 2]);
    expect(manager.getNotifications('a', { limit: 1 }).map((n) => n.id)).toEqual([4]);
    expect(manager.getNotifications('a', { limit: 0 })).toEqual([]);
    expect(getNotificationManager()).toBe(getNotificationManager());
  });
});
