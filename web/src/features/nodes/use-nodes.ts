import { type LiveMessage, type Node, nodeRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { type RowChange, useLiveRows } from '../../api/use-live-rows.ts';
import type { Resource } from '../../api/use-resource.ts';
import { useSession } from '../../api/use-session.ts';

/** What a live message does to the list of machines. */
export function nodeChange(message: LiveMessage): RowChange<Node> | undefined {
  if (message.type === 'node.updated') return { row: message.node };
  return message.type === 'node.removed' ? { removed: message.id } : undefined;
}

/** The machines, live. */
export function useNodes(): Resource<readonly Node[]> {
  const { call } = useApi();
  return useLiveRows({
    topic: useSession().can('nodes.read') ? 'nodes' : undefined,
    load: (signal) => call(nodeRoutes.list, {}, { signal }),
    keyOf: (node) => node.id,
    change: nodeChange,
  });
}
