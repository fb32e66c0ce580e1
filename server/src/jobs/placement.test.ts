import { expect, it } from 'vitest';
import { byLoad, capsFor } from './placement.ts';

const nodes = ['c', 'a', 'b'].map((nodeId) => ({ nodeId, jobKinds: ['training'], engines: [] }));

it('prefers the least loaded, ties in a fixed order', () => {
  const order = (active: [string, number][]) => byLoad(nodes, new Map(active)).map(({ nodeId }) => nodeId);
  expect(order([])).toEqual(['a', 'b', 'c']);
  expect(
    order([
      ['a', 2],
      ['b', 1],
    ]),
  ).toEqual(['c', 'b', 'a']);
});

it('offers a node only what its agent can do', () => {
  const caps = new Map([
    ['training', 1],
    ['pull', 2],
  ]);
  expect([...capsFor(nodes[0]!, caps)]).toEqual([['training', 1]]);
});
