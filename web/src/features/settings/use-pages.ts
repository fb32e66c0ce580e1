import { computed, type Ref, ref, type ShallowRef, shallowRef, type WatchSource, watch } from 'vue';
import { type Resource, useResource } from '../../api/use-resource.ts';

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that comes page by page; `more()` appends the next. Starts again when `sources` change. */
export function usePages<T>(
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<T>>,
  sources: WatchSource[] = [],
): {
  first: Resource<Page<T>>;
  items: Ref<readonly T[]>;
  hasMore: Ref<boolean>;
  more: () => Promise<void>;
  failed: ShallowRef<unknown>;
} {
  const first = useResource((signal) => load(undefined, signal), sources);
  const further = shallowRef<Page<T>[]>([]);
  const loading = ref(false);
  const failed = shallowRef<unknown>();
  watch(first.data, () => {
    further.value = [];
  });
  const last = computed(() => further.value[further.value.length - 1] ?? first.data.value);

  async function more(): Promise<void> {
    const cursor = last.value?.next_cursor;
    if (!cursor || loading.value) return;
    loading.value = true;
    failed.value = undefined;
    const before = first.data.value;
    try {
      const page = await load(cursor);
      // A filter may have changed meanwhile; then this page belongs to another list.
      if (first.data.value === before) further.value = [...further.value, page];
    } catch (error) {
      failed.value = error;
    } finally {
      loading.value = false;
    }
  }
  return {
    first,
    failed,
    more,
    items: computed(() => [first.data.value, ...further.value].flatMap((page) => page?.items ?? [])),
    hasMore: computed(() => Boolean(last.value?.next_cursor)),
  };
}
