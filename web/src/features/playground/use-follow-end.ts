import { nextTick, type Ref, ref, type WatchSource, watch } from 'vue';

const nearPx = 48;

/** Keeps a box scrolled to its end while `source` grows, until the reader scrolls up; at the end it follows again. */
export function useFollowEnd(box: Ref<HTMLElement | null>, source: WatchSource) {
  const following = ref(true);
  function onScroll(): void {
    const el = box.value;
    if (el) following.value = el.scrollHeight - el.scrollTop - el.clientHeight < nearPx;
  }
  async function follow(): Promise<void> {
    following.value = true;
    await nextTick();
    if (box.value) box.value.scrollTop = box.value.scrollHeight;
  }
  watch(source, () => {
    if (following.value) void follow();
  });
  return { following, onScroll, follow };
}
