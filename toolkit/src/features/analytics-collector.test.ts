import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { AnalyticsCollector, getAnalyticsCollector } from './analytics-collector.ts';

it('counts events, measures metrics, reports', () => {
  const clock = new ManualClock(0);
  const collector = new AnalyticsCollector({ clock, keepEvents: 2 });
  collector.trackEvent('user_login', { userId: '1' });
  collector.trackEvent('page');
  collector.trackEvent('page', { path: '/' });
  collector.trackMetric('response_time', 0.5);
  collector.trackMetric('response_time', 1.5);
  clock.skip(60_000);
  expect(collector.getMetricStats('response_time')).toMatchObject({ count: 2, avg: 1, latest: 1.5 });
  expect(collector.getMetricStats('other')).toBeUndefined();
  expect(collector.getReport()).toMatchObject({
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T00:01:00.000Z',
    totalEvents: 3,
    events: [
      { name: 'page', count: 2 },
      { name: 'user_login', count: 1 },
    ],
    metrics: { response_time: { min: 0.5, max: 1.5 } },
  });
  expect(collector.getEvents().map((event) => event.properties)).toEqual([{ path: '/' }, {}]);
  expect(collector.getEvents('page', { limit: 1 })).toHaveLength(1);
  expect(() => collector.trackMetric('x', Number.NaN)).toThrow(RangeError);
  expect(getAnalyticsCollector()).toBe(getAnalyticsCollector());
});
