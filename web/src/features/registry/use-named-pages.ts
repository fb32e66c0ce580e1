import type { CallOptions, Client } from '@hearth/contract';
import { type Ref, shallowRef } from 'vue';
import { useApi } from '../../api/api.ts';
import { useAction } from '../../api/use-action.ts';
import { useResource } from '../../api/use-resource.ts';

/** What a page of named things is asked with. */
interface NamedQuery {
  search: string | undefined;
  cursor: string | undefined;
  limit: number;
}
type Load<T> = (call: Client, query: NamedQuery, options: CallOptions) => Promise<T[]>;
const limit = 200;

/** One page of models or data sets; the header `x-next-cursor` says where it goes on. */
export function useNamedPage<T>(load: Load<T>) {
  const { call } = useApi();
  return async (query: NamedQuery, signal?: AbortSignal): Promise<{ rows: T[]; next: string | null }> => {
    let next: string | null = null;
    const onHeaders = (headers: Headers): void => {
      next = headers.get('x-next-cursor');
    };
    const rows = await load(call, query, { signal, onHeaders });
    return { rows, next };
  };
}

/** Models or data sets, searched by the server, a part at a time. */
export function useNamedPages<T>(search: Ref<string>, load: Load<T>) {
  const ask = useNamedPage(load);
  const cursor = shallowRef<string>();
  async function page(after: string | undefined, signal?: AbortSignal): Promise<T[]> {
    const query = { search: search.value.trim() || undefined, cursor: after, limit };
    const { rows, next } = await ask(query, signal);
    cursor.value = next ?? undefined;
    return rows;
  }
  const list = useResource<readonly T[]>((signal) => page(undefined, signal), [search]);
  const more = useAction(async () => {
    const before = list.data.value ?? [];
    const asked = search.value;
    const rows = await page(cursor.value);
    if (asked === search.value) list.data.value = [...before, ...rows];
  });
  return { list, more, hasMore: cursor };
}

export type NamedPages<T> = ReturnType<typeof useNamedPages<T>>;
