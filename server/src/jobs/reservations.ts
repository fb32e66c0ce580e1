interface Reserved {
  nodeId: string;
  kind: string;
}

/**
 * Leases whose transactions are under way: the database does not show them yet, and nobody may give their places away.
 * One that ends while somebody reads how full the nodes are may be missing from what is read, so it counts until the
 * reader has decided.
 */
export class Reservations {
  readonly #open = new Map<string, Reserved>();
  #endedMeanwhile: Reserved[] = [];
  #readers = 0;

  reserve(leaseId: string, reserved: Reserved): void {
    this.#open.set(leaseId, reserved);
  }

  settle(leaseId: string): void {
    const reserved = this.#open.get(leaseId);
    if (reserved && this.#readers > 0) this.#endedMeanwhile.push(reserved);
    this.#open.delete(leaseId);
  }

  count(nodeId: string, kind: string): number {
    const isIt = (reserved: Reserved) => reserved.nodeId === nodeId && reserved.kind === kind;
    return this.#open.values().filter(isIt).toArray().length + this.#endedMeanwhile.filter(isIt).length;
  }

  /** Reads, then decides at once, with everything counted that may have ended in between. */
  async decide<Read, Result>(read: () => Promise<Read>, decide: (read: Read) => Result): Promise<Result> {
    this.#readers += 1;
    try {
      return decide(await read());
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#endedMeanwhile = [];
    }
  }
}
