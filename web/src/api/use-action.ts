import { type Ref, ref, type ShallowRef, shallowRef } from 'vue';

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<boolean>;
  busy: Ref<boolean>;
  error: ShallowRef<unknown>;
}

/** Runs something once at a time and keeps its failure for the page to show; resolves to whether it succeeded. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const busy = ref(false);
  const error = shallowRef<unknown>();
  async function run(...args: A): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = undefined;
    try {
      await work(...args);
      return true;
    } catch (cause) {
      error.value = cause;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { run, busy, error };
}
