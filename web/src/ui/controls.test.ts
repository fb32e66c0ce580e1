import { expect, test, vi } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { mountPage } from '../testing/mount.ts';
import CodeBlock from './CodeBlock.vue';
import FileDrop from './FileDrop.vue';
import UiInput from './UiInput.vue';
import UiMenu from './UiMenu.vue';
import UiSelect from './UiSelect.vue';
import UiTabs from './UiTabs.vue';

test('a number field gives numbers, and undefined when empty', async () => {
  const value = ref<string | number | null | undefined>(3);
  const Page = defineComponent(
    () => () =>
      h(UiInput, {
        type: 'number',
        modelValue: value.value,
        'onUpdate:modelValue': (next) => (value.value = next),
      }),
  );
  const { wrapper } = await mountPage(Page);
  await wrapper.get('input').setValue('0.5');
  expect(value.value).toBe(0.5);
  await wrapper.get('input').setValue('');
  expect(value.value).toBeUndefined();
});

test('a password can be looked at', async () => {
  const { wrapper } = await mountPage(UiInput, { props: { type: 'password', modelValue: 'secret' } });
  await wrapper.get('button[aria-label="Show password"]').trigger('click');
  expect(wrapper.get('input').attributes('type')).toBe('text');
});

test('a select keeps the type of its values', async () => {
  const { wrapper } = await mountPage(UiSelect as never, {
    props: {
      options: [
        { value: 15, label: '15 min' },
        { value: 60, label: '1 h' },
      ],
      modelValue: 15,
      label: 'Range',
    },
  });
  await wrapper.get('select').setValue('1');
  expect(wrapper.emitted('update:modelValue')).toEqual([[60]]);
});

test('tabs walk with the arrow keys, and only the chosen one is in the tab order', async () => {
  const tabs = [
    { key: 'a', label: 'A' },
    { key: 'b', label: 'B' },
    { key: 'c', label: 'C' },
  ];
  const { wrapper } = await mountPage(UiTabs as never, { props: { tabs, label: 'Views', modelValue: 'a' } });
  await wrapper.get('[role=tablist]').trigger('keydown', { key: 'ArrowLeft' });
  expect(wrapper.emitted('update:modelValue')).toEqual([['c']]);
  expect(wrapper.findAll('[role=tab]').map((tab) => tab.attributes('tabindex'))).toEqual(['-1', '-1', '0']);
});

test('a menu opens, is walked by keys, runs its item and closes', async () => {
  const run = vi.fn();
  const items = [
    { label: 'First', run },
    { label: 'Second', run: () => undefined },
  ];
  const { wrapper } = await mountPage(UiMenu, { props: { items, label: 'More' } });
  await wrapper.get('button').trigger('click');
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('First'));
  await wrapper.get('[role=menu]').trigger('keydown', { key: 'ArrowUp' });
  expect(document.activeElement?.textContent).toBe('Second');
  await wrapper.findAll('[role=menuitem]')[0]?.trigger('click');
  expect(run).toHaveBeenCalledOnce();
  expect(wrapper.find('[role=menu]').exists()).toBe(false);
});

test('a dropped file is handed on, unless one is being sent', async () => {
  const file = new File(['a,b'], 'data.csv');
  const { wrapper } = await mountPage(FileDrop, { props: { label: 'Drop a file' } });
  const zone = wrapper.get('div');
  await zone.trigger('drop', { dataTransfer: { files: [file] } });
  expect(wrapper.emitted('file')).toEqual([[file]]);
  await wrapper.setProps({ progress: 0.4 });
  expect(wrapper.get('[role=progressbar]').attributes('aria-valuenow')).toBe('40');
  await zone.trigger('drop', { dataTransfer: { files: [file] } });
  expect(wrapper.emitted('file')).toHaveLength(1);
  await wrapper.get('button').trigger('click');
  expect(wrapper.emitted('cancel')).toHaveLength(1);
});

test('code is copied, and the button says so', async () => {
  const written: string[] = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void written.push(text));
  const { wrapper } = await mountPage(CodeBlock, { props: { code: 'npm start' } });
  await wrapper.get('button').trigger('click');
  await vi.waitFor(() => expect(wrapper.get('button').attributes('aria-label')).toBe('Copied'));
  expect(written).toEqual(['npm start']);
});
