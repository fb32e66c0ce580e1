import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { mountPage } from '../testing/mount.ts';
import UiCombobox from './UiCombobox.vue';
import UiPicker from './UiPicker.vue';
import { type LoadOptions, optionsAmong, optionsPageSize } from './use-options.ts';

const many = Array.from({ length: 70 }, (_, n) => ({
  value: `set-${n}`,
  label: `set-${n}`,
  disabled: n === 1,
}));
let wrapper: VueWrapper;
afterEach(() => wrapper.unmount());

/** Mounts it so that what is chosen comes back to it. */
async function open(component: typeof UiCombobox | typeof UiPicker, props: Record<string, unknown>) {
  const mounted = await mountPage(component as never, {
    props: { ...props, 'onUpdate:modelValue': (modelValue: unknown) => wrapper.setProps({ modelValue }) },
  });
  wrapper = mounted.wrapper;
  await flushPromises();
}
const input = () => wrapper.get<HTMLInputElement>('[role=combobox]');
const labels = () => wrapper.findAll('[role=option]').map((option) => option.text());
const press = async (key: string): Promise<void> => {
  await input().trigger('keydown', { key });
  await flushPromises();
};
const chosen = () => wrapper.props('modelValue' as never);
/** The option that the keyboard is at, as a screen reader is told. */
const current = () => {
  const id = input().attributes('aria-activedescendant');
  return id === undefined ? undefined : wrapper.get(`#${CSS.escape(id)}`).text();
};

test('a short list is a plain select, one longer than a page is searched in', async () => {
  await open(UiPicker, { load: optionsAmong(many.slice(0, optionsPageSize)), modelValue: 'set-3' });
  expect(wrapper.find('select').element.selectedOptions[0]?.textContent?.trim()).toBe('set-3');
  wrapper.unmount();
  await open(UiPicker, { load: optionsAmong(many), modelValue: 'set-66' });
  expect(input().element.value).toBe('set-66');
});

test('the keyboard walks over pages, past what cannot be chosen, and chooses', async () => {
  await open(UiCombobox, { load: optionsAmong(many), modelValue: undefined });
  expect(input().attributes('aria-expanded')).toBe('false');
  await press('ArrowDown');
  expect(input().attributes('aria-expanded')).toBe('true');
  expect(labels()).toHaveLength(optionsPageSize);
  await press('ArrowDown');
  await press('ArrowDown');
  expect(current()).toBe('set-2');
  for (let step = 0; step < 40; step += 1) await press('ArrowDown');
  expect(current()).toBe('set-42');
  expect(labels()).toHaveLength(2 * optionsPageSize);
  await press('Enter');
  expect(chosen()).toBe('set-42');
  expect(input().attributes('aria-expanded')).toBe('false');
  expect(input().element.value).toBe('set-42');
});

test('typing asks the server, whose latest answer stands; leaving it chooses nothing', async () => {
  const asked: (string | undefined)[] = [];
  const load: LoadOptions<string> = (query, signal) => {
    asked.push(query.search);
    return optionsAmong(many)(query, signal);
  };
  await open(UiCombobox, { load, modelValue: 'set-0' });
  await input().trigger('click');
  await input().setValue('set-6');
  await input().setValue('set-69');
  await vi.waitFor(() => expect(labels()).toEqual(['set-69']));
  expect(asked).toEqual([undefined, 'set-69']);
  await press('Escape');
  expect(chosen()).toBe('set-0');
  expect(input().element.value).toBe('set-0');
  await input().setValue('nothing like it');
  await vi.waitFor(() => expect(wrapper.text()).toContain('nothing like it'));
});

test('choosing nothing is the first choice, and any text is a value where it may be', async () => {
  const none = { value: undefined, label: 'All' };
  await open(UiCombobox, { load: optionsAmong(many), none, modelValue: 'set-5' });
  await input().trigger('click');
  await wrapper.findAll('[role=option]')[0]!.trigger('click');
  expect([chosen(), input().element.value]).toEqual([undefined, 'All']);
  wrapper.unmount();
  await open(UiCombobox, { load: optionsAmong(many), typed: (text: string) => text, modelValue: '' });
  await input().setValue('brand new');
  await press('Enter');
  expect(chosen()).toBe('brand new');
});

test('a list that cannot be had says so', async () => {
  await open(UiCombobox, { load: () => Promise.reject(new Error('no')), modelValue: undefined });
  await input().trigger('click');
  expect(wrapper.get('[role=alert]').text()).not.toBe('');
});

test('the keyboard stays at the last option while the next page is on its way, or does not come', async () => {
  let asked = 0;
  let refuse: (reason: Error) => void = () => undefined;
  const load: LoadOptions<string> = (query, signal) => {
    if (query.cursor === undefined) return optionsAmong(many)(query, signal);
    asked += 1;
    return new Promise((_, reject) => {
      refuse = reject;
    });
  };
  await open(UiCombobox, { load, modelValue: `set-${optionsPageSize - 1}` });
  await press('ArrowDown');
  for (let again = 0; again < 3; again += 1) await press('ArrowDown');
  expect([current(), asked]).toEqual([`set-${optionsPageSize - 1}`, 1]);
  refuse(new Error('no line'));
  await flushPromises();
  expect([current(), asked]).toEqual([`set-${optionsPageSize - 1}`, 1]);
  expect(wrapper.find('[role=alert]').exists()).toBe(true);
});
