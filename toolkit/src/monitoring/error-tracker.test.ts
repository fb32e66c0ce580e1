import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { ErrorTracker } from './error-tracker.ts';

describe('ErrorTracker', () => {
  it('counts by type and message, the most frequent first', () => {
    const tracker = new ErrorTracker({ clock: new ManualClock(0) });
    tracker.recordError('ValueError', 'Invalid value', { field: 'age' });
    tracker.recordError('ValueError', 'Other value');
    for (let i = 0; i < 3; i++) tracker.recordError(new TypeError('no function'), { path: '/' });
    tracker.recordError('just text');
    tracker.recordError(undefined);
    const timestamp = '1970-01-01T00:00:00.000Z';
    expect(tracker.getErrorSummary()).toMatchObject({
      total: 7,
      byType: { ValueError: 2, TypeError: 3, string: 1, undefined: 1 },
    });
    expect(tracker.getTopErrors(1)).toEqual([
      { type: 'TypeError', message: 'no function', count: 3, lastSeen: timestamp },
    ]);
    expect(tracker.getRecentErrors(7).at(-1)).toEqual({
      type: 'ValueError',
      message: 'Invalid value',
      context: { field: 'age' },
      timestamp,
    });
    expect(tracker.getRecentErrors(3)[2]).toMatchObject({
      type: 'TypeError',
      context: { path: '/' },
      stack: expect.stringContaining('no function'),
    });
  });

  it('keeps the newest only; the total goes on', () => {
    const tracker = new ErrorTracker({ maxErrors: 5 });
    for (let i = 0; i < 50; i++) tracker.recordError('E', String(i));
    expect(tracker.getRecentErrors(100).map((error) => error.message)).toEqual([
      '49',
      '48',
      '47',
      '46',
      '45',
    ]);
    expect(tracker.getTopErrors(100)).toHaveLength(5);
    expect(tracker.getErrorSummary()).toMatchObject({ total: 50, byType: { E: 50 } });
    expect(new ErrorTracker().getRecentErrors()).toEqual([]);
  });
});
