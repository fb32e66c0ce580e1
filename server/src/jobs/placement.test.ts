import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Place, plan, type Waiting } from './placement.ts';

const node = (nodeId: string, more: Partial<Place> = {}): Place => ({
  nodeId,
  jobKinds: ['script'],
  gpus: 0,
  active: new Map(),
  busyGpus: new Set(),
  ...more,
});
const job = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  kind: 'script',
  gpuCount: 0,
  gang: null,
  ...more,
});
const gang = (id: string, size: number, more: Partial<Waiting> = {}) =>
  Array.from({ length: size }, (_, rank) => job(`${id}${rank}`, { gang: { id, size }, ...more }));
const caps = new Map([['script', 2]]);
const placed = (queue: Waiting[], nodes: Place[]) =>
  plan(queue, nodes, caps).assignments.map(({ jobId, nodeId }) => `${jobId}@${nodeId}`);

describe('a plan', () => {
  it('spreads over the least loaded, ties in a fixed order, and stops at the cap', () => {
    const queue = ['1', '2', '3', '4', '5'].map((id) => job(id));
    expect(placed(queue, [node('b'), node('a')])).toEqual(['1@a', '2@b', '3@a', '4@b']);
    expect(placed(queue, [node('a', { active: new Map([['script', 1]]) }), node('b')])).toEqual([
      '1@b',
      '2@a',
      '3@b',
    ]);
  });

  it('gives only what a node can do', () => {
    expect(placed([job('1', { kind: 'training' }), job('2')], [node('a')])).toEqual(['2@a']);
    const { reasons } = plan([job('1', { gpuCount: 3 })], [node('a', { gpus: 2 })], caps);
    expect(reasons.get('1')?.message).toBe('Needs a machine with 3 GPUs for script jobs; online are 0.');
  });

  it('gives GPUs by their indices, never one that is busy', () => {
    const { assignments } = plan(
      [job('1', { gpuCount: 2 }), job('2', { gpuCount: 1 })],
      [node('a', { gpus: 4, busyGpus: new Set([1]) })],
      caps,
    );
    expect(assignments.map(({ gpus }) => gpus)).toEqual([[0, 2], [3]]);
  });

  it('lets those without GPUs pass one that waits for GPUs, but not those that would take them', () => {
    const busy = node('a', { gpus: 2, busyGpus: new Set([0]), active: new Map([['script', 1]]) });
    const queue = [job('1', { gpuCount: 2 }), job('2', { gpuCount: 1 })];
    expect(plan(queue, [busy], new Map([['script', 9]])).assignments).toEqual([]);
    const { assignments, reasons } = plan([...queue, job('3')], [busy], new Map([['script', 9]]));
    expect(assignments).toEqual([{ jobId: '3', nodeId: 'a', gpus: [] }]);
    expect(reasons.get('1')?.message).toBe('Waits until 2 GPUs of one machine are free.');
  });

  it('places a gang on nodes of its own, or not at all and says so', () => {
    expect(placed(gang('g', 2), [node('a'), node('b')])).toEqual(['g0@a', 'g1@b']);
    const full = node('b', { active: new Map([['script', 2]]) });
    const { assignments, reasons } = plan([...gang('g', 2), job('1'), job('2')], [node('a'), full], caps);
    // One place of a is held for the gang.
    expect(assignments.map(({ jobId }) => jobId)).toEqual(['1']);
    expect(reasons.get('g1')?.message).toBe('Waits until 2 machines have room at once; 1 of them has.');
    // One that could never be placed holds nothing.
    expect(placed([...gang('h', 3), job('1'), job('2')], [node('a'), full])).toEqual(['1@a', '2@a']);
  });
});

const Nodes = fc.array(
  fc.record({ gpus: fc.integer({ min: 0, max: 4 }), active: fc.integer({ min: 0, max: 2 }) }),
  { minLength: 1, maxLength: 5 },
);
const Orders = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 3 }), gpuCount: fc.integer({ min: 0, max: 3 }) }),
  { maxLength: 12 },
);
const queueOf = (orders: { size: number; gpuCount: number }[]) =>
  orders.flatMap(({ size, gpuCount }, index) =>
    size === 1 ? [job(`${index}`, { gpuCount })] : gang(`${index}.`, size, { gpuCount }),
  );
const nodesOf = (facts: { gpus: number; active: number }[]) =>
  facts.map(({ gpus, active }, index) =>
    node(`n${index}`, {
      gpus,
      active: new Map([['script', active]]),
      busyGpus: new Set(active > 0 ? [0] : []),
    }),
  );

it('never gives more than there is, a GPU twice, or part of a gang', () => {
  fc.assert(
    fc.property(Orders, Nodes, (orders, facts) => {
      const queue = queueOf(orders);
      const nodes = nodesOf(facts);
      const { assignments } = plan(queue, nodes, caps);
      const jobs = new Map(queue.map((one) => [one.id, one]));
      for (const place of nodes) {
        const own = assignments.filter(({ nodeId }) => nodeId === place.nodeId);
        expect(own.length + place.active.get('script')!).toBeLessThanOrEqual(
          Math.max(2, place.active.get('script')!),
        );
        const gpus = own.flatMap((one) => one.gpus);
        expect(new Set(gpus).size).toBe(gpus.length);
        expect(gpus.every((index) => index < place.gpus && !place.busyGpus.has(index))).toBe(true);
        for (const { jobId, gpus: given } of own) expect(given).toHaveLength(jobs.get(jobId)!.gpuCount);
      }
      for (const [id, given] of Map.groupBy(assignments, ({ jobId }) => jobs.get(jobId)!.gang?.id ?? '')) {
        if (id === '') continue;
        expect(given).toHaveLength(queue.filter(({ gang: own }) => own?.id === id).length);
        expect(new Set(given.map(({ nodeId }) => nodeId)).size).toBe(given.length);
      }
    }),
  );
});

it('lets nothing that comes later change what those before it get', () => {
  fc.assert(
    fc.property(Orders, Orders, Nodes, (first, later, facts) => {
      const nodes = nodesOf(facts);
      const before = plan(queueOf(first), nodes, caps).assignments;
      const both = plan(queueOf([...first, ...later]), nodes, caps).assignments;
      expect(both.slice(0, before.length)).toEqual(before);
    }),
  );
});

it('lets nobody starve: whatever keeps coming, the first that can be placed is placed when the others end', () => {
  fc.assert(
    fc.property(Orders, Nodes, fc.integer({ min: 2, max: 3 }), (crowd, facts, size) => {
      const nodes = facts.map(({ gpus }, index) => node(`n${index}`, { gpus }));
      fc.pre(nodes.length >= size);
      const running: { nodeId: string; gpus: number[] }[] = nodes.map(({ nodeId }) => ({ nodeId, gpus: [] }));
      const first = gang('first', size);
      for (let tick = 0; tick < 20; tick += 1) {
        const now = nodes.map((place) => {
          const own = running.filter(({ nodeId }) => nodeId === place.nodeId);
          const busyGpus = new Set(own.flatMap(({ gpus }) => gpus));
          return { ...place, active: new Map([['script', own.length]]), busyGpus };
        });
        const { assignments } = plan([...first, ...queueOf(crowd)], now, new Map([['script', 1]]));
        if (assignments.some(({ jobId }) => jobId === 'first0')) return;
        running.push(...assignments);
        // One of those at work ends, its place goes to whoever the plan gives it.
        running.shift();
      }
      throw new Error('The gang never began.');
    }),
  );
});
