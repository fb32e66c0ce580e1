import { expect, test } from 'vitest';
import { mountPage } from '../testing/mount.ts';
import { gaugeBand } from './gauge.ts';
import RadialGauge from './RadialGauge.vue';

test('green below 70 %, yellow below 85 %, red from 85 %, and unknown is not zero', () => {
  const bands = [0, 0.6999, 0.7, 0.8499, 0.85, 1, null, undefined, Number.NaN].map(gaugeBand);
  expect(bands).toEqual(['good', 'good', 'warn', 'warn', 'bad', 'bad', 'unknown', 'unknown', 'unknown']);
});

test('the gauge says its value in words too', async () => {
  const { wrapper } = await mountPage(RadialGauge, {
    props: { fraction: 0.9, label: 'CPU', detail: '4 cores' },
  });
  const meter = wrapper.get('[role=meter]');
  expect(meter.attributes('aria-valuenow')).toBe('90');
  expect(meter.attributes('aria-valuetext')).toBe('90%, 4 cores');
  expect(meter.attributes('data-band')).toBe('bad');
  expect(wrapper.find('.value').exists()).toBe(true);
});

test('an unknown load has no value, no arc, and says so', async () => {
  const { wrapper } = await mountPage(RadialGauge, { props: { fraction: null, label: 'GPU' } });
  expect(wrapper.get('[role=meter]').attributes('aria-valuenow')).toBeUndefined();
  expect(wrapper.find('.value').exists()).toBe(false);
  expect(wrapper.text()).toContain('unknown');
});
