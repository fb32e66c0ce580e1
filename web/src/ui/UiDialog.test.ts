import { ApiError } from '@hearth/contract';
import { flushPromises } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { mountPage } from '../testing/mount.ts';
import UiConfirm from './UiConfirm.vue';
import UiDialog from './UiDialog.vue';

const dialog = () => document.querySelector<HTMLElement>('[role=dialog]');
const buttons = () => [...(dialog()?.querySelectorAll('button') ?? [])];
const press = (key: string, on: Element | null, shiftKey = false) =>
  on?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }));

test('takes the focus, keeps Tab inside, gives the focus back', async () => {
  const open = ref(false);
  const Page = defineComponent(() => () => [
    h('button', { id: 'opener' }, 'open'),
    h(
      UiDialog,
      { open: open.value, 'onUpdate:open': (next: boolean) => (open.value = next), title: 'Rename' },
      () => h('input', { id: 'name' }),
    ),
  ]);
  const { wrapper } = await mountPage(Page);
  document.getElementById('opener')?.focus();
  open.value = true;
  await flushPromises();
  expect(dialog()?.getAttribute('aria-modal')).toBe('true');
  expect(document.activeElement?.id).toBe('name');
  press('Tab', document.activeElement);
  expect(document.activeElement).toBe(buttons()[0]);
  press('Tab', document.activeElement, true);
  expect(document.activeElement?.id).toBe('name');
  press('Escape', document.activeElement);
  await flushPromises();
  expect(dialog()).toBeNull();
  expect(document.activeElement?.id).toBe('opener');
  wrapper.unmount();
});

test('a refused confirmation stays open and says why; an accepted one closes', async () => {
  let refused = true;
  const open = ref(true);
  const run = async () => {
    if (refused) throw new ApiError(409, 'node.busy', 'busy');
  };
  const Page = defineComponent(
    () => () =>
      h(UiConfirm, {
        open: open.value,
        'onUpdate:open': (next: boolean) => (open.value = next),
        title: 'T',
        text: 'x',
        action: 'Remove',
        run,
      }),
  );
  const { wrapper } = await mountPage(Page);
  await flushPromises();
  const remove = () => buttons().find((one) => one.textContent?.trim() === 'Remove');
  remove()?.click();
  await flushPromises();
  expect(dialog()?.textContent).toContain('The machine is busy');
  refused = false;
  remove()?.click();
  await flushPromises();
  expect(open.value).toBe(false);
  wrapper.unmount();
});
