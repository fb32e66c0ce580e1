import type { OnlineNode } from '../nodes/nodes.types.ts';

/** The least loaded first; ties in a fixed order, so that placement can be foretold. */
export function byLoad<N extends Pick<OnlineNode, 'nodeId'>>(
  nodes: readonly N[],
  active: ReadonlyMap<string, number>,
): N[] {
  const load = (node: N) => active.get(node.nodeId) ?? 0;
  return nodes.toSorted((a, b) => load(a) - load(b) || (a.nodeId < b.nodeId ? -1 : 1));
}

/** The caps that concern a node: of the kinds its agent can do. */
export const capsFor = (
  node: Pick<OnlineNode, 'jobKinds'>,
  caps: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> => new Map([...caps].filter(([kind]) => node.jobKinds.includes(kind)));
