import type { Waiting as Reason } from '@hearth/contract';
import type { OnlineNode } from '../nodes/nodes.types.ts';
import { cannotBegin, shortage } from './waiting.ts';

/** A job of the queue, as far as placing it needs to know. */
export interface Waiting {
  id: string;
  kind: string;
  gpuCount: number;
  gang: { id: string; size: number } | null;
}
/** A node with room as it was when last looked at. */
export interface Place extends Pick<OnlineNode, 'nodeId' | 'jobKinds' | 'gpus'> {
  /** Jobs it works on, by kind. */
  active: ReadonlyMap<string, number>;
  busyGpus: ReadonlySet<number>;
}
export interface Assignment {
  jobId: string;
  nodeId: string;
  gpus: number[];
}
export interface Plan {
  assignments: Assignment[];
  /** Why jobs wait for more than their turn, by job. */
  reasons: Map<string, Reason>;
  /** Kinds for which there are places left. */
  open: Set<string>;
}

/** What of a node is still to give, while a plan is made. */
class Room {
  readonly nodeId: string;
  readonly #place: Place;
  readonly #caps: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();
  readonly #free: number[];
  constructor(place: Place, caps: ReadonlyMap<string, number>) {
    this.nodeId = place.nodeId;
    this.#place = place;
    this.#caps = caps;
    this.#free = Array.from({ length: place.gpus }, (_, index) => index).filter(
      (index) => !place.busyGpus.has(index),
    );
  }

  /** Whether it could take the job if it had nothing else to do. */
  isFit({ kind, gpuCount }: Waiting): boolean {
    return this.#place.jobKinds.includes(kind) && this.#place.gpus >= gpuCount;
  }

  hasSlot(kind: string): boolean {
    const used = (this.#place.active.get(kind) ?? 0) + (this.#taken.get(kind) ?? 0);
    return used < (this.#caps.get(kind) ?? 0);
  }

  isOpen(kind: string): boolean {
    return this.#place.jobKinds.includes(kind) && this.hasSlot(kind);
  }

  isReady(job: Waiting): boolean {
    return this.hasSlot(job.kind) && this.#free.length >= job.gpuCount;
  }

  get load(): number {
    return [...this.#place.active.values(), ...this.#taken.values()].reduce((sum, count) => sum + count, 0);
  }

  get freeGpus(): number {
    return this.#free.length;
  }

  /** Gives what there is of what the job needs: all of it when the node is ready, else it is held for the job. */
  take({ kind, gpuCount }: Waiting): number[] {
    if (this.hasSlot(kind)) this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + 1);
    return this.#free.splice(0, gpuCount);
  }
}

const byId = (a: Room, b: Room) => (a.nodeId < b.nodeId ? -1 : 1);
/** The least loaded first; ties in a fixed order, so that placement can be foretold. */
const byLoad = (a: Room, b: Room) => a.load - b.load || byId(a, b);

/**
 * Places the queue, given in its order, on nodes. First in, first out within a kind: what cannot be placed now but
 * could be holds what it needs, so that nothing behind it takes that away; what no node could ever do holds nothing.
 * A gang is placed whole, each member on a node of its own, or not at all.
 */
export function plan(
  queue: readonly Waiting[],
  places: readonly Place[],
  caps: ReadonlyMap<string, number>,
): Plan {
  const rooms = places.map((place) => new Room(place, caps));
  const assignments: Assignment[] = [];
  const reasons = new Map<string, Reason>();
  for (const unit of units(queue)) {
    const [job] = unit as [Waiting];
    // The rest of it is beyond what was read of the queue: its turn comes when that is nearer.
    if (job.gang && unit.length < job.gang.size) continue;
    const fit = rooms.filter((room) => room.isFit(job));
    const ready = fit.filter((room) => room.isReady(job)).toSorted(byLoad);
    const need = { ...job, size: unit.length };
    const reason = fit.length < unit.length ? cannotBegin(need, fit.length) : undefined;
    if (!reason && ready.length >= unit.length)
      for (const [index, { id: jobId }] of unit.entries())
        assignments.push({ jobId, nodeId: ready[index]!.nodeId, gpus: ready[index]!.take(job) });
    else {
      if (!reason) hold(job, unit.length, ready, fit);
      const why = reason ?? shortage(need, ready.length);
      if (why) for (const { id } of unit) reasons.set(id, why);
    }
  }
  const open = new Set([...caps.keys()].filter((kind) => rooms.some((room) => room.isOpen(kind))));
  return { assignments, reasons, open };
}

function hold(job: Waiting, count: number, ready: Room[], fit: Room[]): void {
  const others = fit
    .filter((room) => !ready.includes(room))
    .toSorted((a, b) => b.freeGpus - a.freeGpus || byId(a, b));
  for (const room of [...ready, ...others].slice(0, count)) room.take(job);
}

/** Jobs one by one, gangs whole. */
function units(queue: readonly Waiting[]): Waiting[][] {
  const gangs = new Map<string, Waiting[]>();
  const result: Waiting[][] = [];
  for (const job of queue) {
    const unit = job.gang ? (gangs.get(job.gang.id) ?? []) : [];
    if (unit.length === 0) result.push(unit);
    unit.push(job);
    if (job.gang) gangs.set(job.gang.id, unit);
  }
  return result;
}

/** The kinds of work that some node can do. */
export const kindsOf = (
  nodes: readonly Pick<OnlineNode, 'jobKinds'>[],
  caps: ReadonlyMap<string, number>,
): string[] => [...caps.keys()].filter((kind) => nodes.some(({ jobKinds }) => jobKinds.includes(kind)));
