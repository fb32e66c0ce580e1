import { type Node, nodeRoutes, type Vitals } from '@hearth/contract';
import { type Ref, type ShallowRef, shallowRef, watch } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { type Resource, useResource } from '../../api/use-resource.ts';
import { extendHistory } from './vitals-history.ts';

export interface NodeView {
  node: Resource<Node>;
  history: Resource<readonly Vitals[]>;
  removed: ShallowRef<boolean>;
}

/** One machine and its readings of the last `minutes`, live. */
export function useNode(id: string, minutes: Ref<number>): NodeView {
  const { call } = useApi();
  const params = { id };
  const removed = shallowRef(false);
  const node = useResource((signal) => call(nodeRoutes.get, { params }, { signal }));
  let since: Vitals[] = [];
  const history = useResource<readonly Vitals[]>(async (signal) => {
    since = [];
    const query = { minutes: minutes.value };
    const loaded = await call(nodeRoutes.vitals, { params, query }, { signal });
    return extendHistory(loaded, since, minutes.value * 60_000);
  });
  watch(minutes, () => {
    history.data.value = undefined;
    void history.reload();
  });
  useLive(
    'nodes',
    (message) => {
      if (message.type === 'node.removed' && message.id === id) removed.value = true;
      if (message.type !== 'node.updated' || message.node.id !== id) return;
      node.data.value = message.node;
      const { vitals } = message.node;
      if (!vitals) return;
      since.push(vitals);
      if (history.data.value)
        history.data.value = extendHistory(history.data.value, [vitals], minutes.value * 60_000);
    },
    () => {
      void node.reload();
      void history.reload();
    },
  );
  return { node, history, removed };
}
