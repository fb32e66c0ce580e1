import { type Ref, shallowRef, watch } from 'vue';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';

export interface Option<V> {
  value: V;
  label: string;
  disabled?: boolean;
}
export interface OptionsQuery {
  search: string | undefined;
  cursor: string | undefined;
  limit: number;
}
interface OptionsPage<V> {
  options: readonly Option<V>[];
  /** Where the list goes on; null at its end. */
  next: string | null;
}
/** Looks options up, a page at a time. */
export type LoadOptions<V> = (query: OptionsQuery, signal?: AbortSignal) => Promise<OptionsPage<V>>;

export const optionsPageSize = 30;
/** So long nothing may be typed before it is looked for. */
const typingMs = 150;

/** The options that fit a search; earlier ones stay in sight until newer are there. */
export function useOptions<V>(load: LoadOptions<V>, search: Ref<string>) {
  const next = shallowRef<string | null>(null);
  async function page(cursor: string | undefined, signal?: AbortSignal) {
    const query = { search: search.value.trim() || undefined, cursor, limit: optionsPageSize };
    const { options, next: further } = await load(query, signal);
    return { options, further };
  }
  const list = useResource(async (signal) => {
    const { options, further } = await page(undefined, signal);
    next.value = further;
    return options;
  });
  const more = useAction(async () => {
    const before = list.data.value ?? [];
    const asked = search.value;
    if (next.value === null) return;
    const { options, further } = await page(next.value);
    // What was looked for meanwhile is another list.
    if (asked !== search.value || before !== list.data.value) return;
    next.value = further;
    list.data.value = [...before, ...options];
  });
  let pause: ReturnType<typeof setTimeout> | undefined;
  watch(search, () => {
    clearTimeout(pause);
    pause = setTimeout(() => void list.reload(), typingMs);
  });
  return { list, more, hasMore: next };
}

/** Options that are all here already, to be searched as those of the server are. */
export function optionsAmong<V>(all: readonly Option<V>[]): LoadOptions<V> {
  return async ({ search = '', cursor = '0', limit }) => {
    const wanted = search.toLowerCase();
    const found = all.filter(({ label }) => label.toLowerCase().includes(wanted));
    const end = Number(cursor) + limit;
    return { options: found.slice(Number(cursor), end), next: end < found.length ? String(end) : null };
  };
}
