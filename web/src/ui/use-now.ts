import { onScopeDispose, type Ref, ref } from 'vue';

/** The time in milliseconds, moving on every `everyMs`: for "5 minutes ago" and countdowns. */
export function useNow(everyMs = 1000): Ref<number> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
