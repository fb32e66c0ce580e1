import {
  getCurrentScope,
  onScopeDispose,
  type Ref,
  ref,
  type ShallowRef,
  shallowRef,
  type WatchSource,
  watch,
} from 'vue';

export interface Resource<T> {
  data: ShallowRef<T | undefined>;
  error: ShallowRef<unknown>;
  /** A load is under way; `data` still holds what was loaded before. */
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

/**
 * Loads something now, whenever `sources` change, and on `reload()`. The newest load wins: an older answer that
 * comes later is dropped, and its request aborted.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  sources: WatchSource[] = [],
): Resource<T> {
  const data = shallowRef<T>();
  const error = shallowRef<unknown>();
  const loading = ref(false);
  let running: AbortController | undefined;
  let justStarted: Promise<void> | undefined;

  async function start(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    loading.value = true;
    try {
      const loaded = await load(own.signal);
      if (running !== own) return;
      data.value = loaded;
      error.value = undefined;
    } catch (cause) {
      if (running === own) error.value = cause;
    } finally {
      if (running === own) loading.value = false;
    }
  }

  /** Asked for twice in one go (at first, and by a topic that is ready at once), it loads once. */
  function reload(): Promise<void> {
    if (!justStarted) {
      justStarted = start();
      queueMicrotask(() => {
        justStarted = undefined;
      });
    }
    return justStarted;
  }

  if (sources.length > 0) {
    watch(sources, () => {
      data.value = undefined;
      void reload();
    });
  }
  if (getCurrentScope()) {
    onScopeDispose(() => {
      const last = running;
      running = undefined;
      last?.abort();
    });
  }
  void reload();
  return { data, error, loading, reload };
}
