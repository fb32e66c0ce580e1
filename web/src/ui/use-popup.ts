import { onBeforeUnmount, type Ref, ref } from 'vue';

/** Something that opens at an element, towards where there is room, and closes when pressed elsewhere. */
export function usePopup(root: Ref<HTMLElement | undefined>, heightPx: number) {
  const open = ref(false);
  const isUp = ref(false);
  function outside(event: Event): void {
    if (!root.value?.contains(event.target as Element)) hide();
  }
  function show(): void {
    const { bottom = 0, top = 0 } = root.value?.getBoundingClientRect() ?? {};
    isUp.value = window.innerHeight - bottom < heightPx && top > heightPx;
    open.value = true;
    document.addEventListener('pointerdown', outside);
  }
  function hide(): void {
    open.value = false;
    document.removeEventListener('pointerdown', outside);
  }
  onBeforeUnmount(() => document.removeEventListener('pointerdown', outside));
  return { open, isUp, show, hide };
}
