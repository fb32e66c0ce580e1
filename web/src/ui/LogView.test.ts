import { expect, test } from 'vitest';
import { mountPage } from '../testing/mount.ts';
import LogView from './LogView.vue';
import { type LogLine, visibleLines } from './log-lines.ts';

const line = (message: string, level: LogLine['level'] = 'INFO'): LogLine => ({
  timestamp: '2026-01-01T10:00:00.000Z',
  level,
  message,
});
const lines = [
  line('loading'),
  line('careful', 'WARNING'),
  line('loss 0.5'),
  line('boom', 'ERROR'),
  line('x', 'DEBUG'),
];

test('keeps the newest lines of a level that contain the words', () => {
  const all = { level: 'DEBUG', query: '', cap: 3 } as const;
  expect(visibleLines(lines, all).map((one) => one.message)).toEqual(['loss 0.5', 'boom', 'x']);
  expect(visibleLines(lines, { ...all, level: 'WARNING' }).map((one) => one.message)).toEqual([
    'careful',
    'boom',
  ]);
  expect(visibleLines(lines, { ...all, query: ' LOSS ' })).toHaveLength(1);
});

test('searches, filters by level, and shows markup as text', async () => {
  const { wrapper } = await mountPage(LogView, {
    props: { lines: [...lines, line('<img src=x onerror=alert(1)>')], label: 'Log' },
  });
  expect(wrapper.findAll('[data-level]')).toHaveLength(6);
  expect(wrapper.find('[role=log] img').exists()).toBe(false);
  await wrapper.get('input[type=search]').setValue('boom');
  expect(wrapper.findAll('[data-level]')).toHaveLength(1);
  expect(wrapper.get('[data-level=ERROR]').text()).toContain('boom');
  await wrapper.get('input[type=search]').setValue('nothing like it');
  expect(wrapper.get('[role=log]').text()).toContain('Nothing found');
});

test('follows the end until one scrolls up, and again when asked', async () => {
  const { wrapper } = await mountPage(LogView, { props: { lines, label: 'Log' } });
  const box = wrapper.get('[role=log]');
  const size = (scrollTop: number) => {
    Object.defineProperty(box.element, 'scrollHeight', { value: 1000, configurable: true });
    Object.defineProperty(box.element, 'clientHeight', { value: 300, configurable: true });
    box.element.scrollTop = scrollTop;
  };
  size(100);
  await box.trigger('scroll');
  const button = () => wrapper.findAll('button').find((one) => one.text() === 'To the newest');
  expect(button()).toBeDefined();
  await wrapper.setProps({ lines: [...lines, line('new')] });
  expect(box.element.scrollTop).toBe(100);
  await button()?.trigger('click');
  expect(box.element.scrollTop).toBe(1000);
  expect(button()).toBeUndefined();
});
