import { nextTick, type Ref, watch } from 'vue';

const focusable =
  'a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),textarea:not([disabled]),[tabindex]:not([tabindex="-1"])';

/** While `isOpen`, Tab stays inside `box`, the page behind doesn't scroll; afterwards focus returns where it was. */
export function useFocusTrap(
  box: Ref<HTMLElement | undefined>,
  isOpen: () => boolean,
): { onTab: (event: KeyboardEvent) => void } {
  let before: Element | null = null;
  const inside = (): HTMLElement[] => [...(box.value?.querySelectorAll<HTMLElement>(focusable) ?? [])];

  watch(
    isOpen,
    async (open) => {
      if (open) {
        before = document.activeElement;
        document.body.classList.add('overflow-hidden');
        await nextTick();
        (
          box.value?.querySelector<HTMLElement>('[data-autofocus],input,textarea,select') ?? box.value
        )?.focus();
      } else if (before) {
        document.body.classList.remove('overflow-hidden');
        if (before instanceof HTMLElement) before.focus();
        before = null;
      }
    },
    { immediate: true, flush: 'post' },
  );

  function onTab(event: KeyboardEvent): void {
    const all = inside();
    const first = all[0];
    const last = all[all.length - 1];
    if (!first || !last) return;
    const at = document.activeElement;
    if (event.shiftKey && (at === first || at === box.value)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && at === last) {
      event.preventDefault();
      first.focus();
    }
  }
  return { onTab };
}
