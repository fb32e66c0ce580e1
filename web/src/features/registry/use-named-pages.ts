import { createClient } from '@hearth/contract';
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
type Load<T> = (
  call: ReturnType<typeof createClient>,
  query: NamedQuery,
  signal?: AbortSignal,
) => Promise<T[]>;
const limit = 200;

/** Models or data sets, searched by the server, a part at a time; the header `x-next-cursor` says whether there is more. */
export function useNamedPages<T>(search: Ref<string>, load: Load<T>) {
  const api = useApi();
  const cursor = shallowRef<string>();
  async function page(after: string | undefined, signal?: AbortSignal): Promise<T[]> {
    let next: string | null = null;
    const call = createClient({
      fetch: async (input, init) => {
        const response = await api.fetch(input, init);
        next = response.headers.get('x-next-cursor');
        return response;
      },
    });
    const rows = await load(call, { search: search.value.trim() || undefined, cursor: after, limit }, signal);
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
