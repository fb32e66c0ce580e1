import { randomUUID } from 'node:crypto';
import type { Gang } from '@hearth/contract';
import type { LinksService } from '../nodes/links.service.ts';
import type { OnlineNode } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import { newToken, tokenDigest } from '../platform/tokens.ts';
import type { Claim } from './claims.repository.ts';
import type { ActiveJob } from './jobs.types.ts';

/** Leases made for nodes, their tokens as long as they have not been sent, and the sending. */
export class Leases {
  readonly #links: LinksService;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  /** Only the digest is stored: the token itself is known until it has gone to the node. */
  readonly #tokens = new Map<string, string>();
  constructor(links: LinksService, leaseMs: number, clock: Clock) {
    this.#links = links;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
  }

  make({ nodeId, linkId }: OnlineNode): Omit<Claim, 'jobId' | 'gpus'> {
    const leaseId = randomUUID();
    const token = newToken('hj_');
    this.#tokens.set(leaseId, token);
    const expiresAt = new Date(this.#clock().getTime() + this.#leaseMs);
    return { leaseId, nodeId, linkId, tokenHash: tokenDigest(token), expiresAt };
  }

  /** The lease came to nothing. */
  forget(leaseId: string): void {
    this.#tokens.delete(leaseId);
  }

  /** False when its node is no longer connected here. */
  assign({ id: jobId, lease, payload, gpus }: ActiveJob, gang: Gang | null = null): boolean {
    const jobToken = this.#tokens.get(lease.id);
    if (jobToken === undefined) throw new Error(`The lease ${lease.id} was not made here.`);
    this.#tokens.delete(lease.id);
    const leaseId = lease.id;
    return this.#links.send(lease.nodeId, {
      type: 'job.assign',
      jobId,
      leaseId,
      jobToken,
      payload,
      gpus,
      gang,
    });
  }
}

const firstPort = 20_000;
const ports = 10_000;

/** Where the members of a gang meet: at rank 0's machine, on a port of the gang's own below the ephemeral ones. */
export function meetingOf(job: ActiveJob, masterAddress: string): Gang | null {
  if (!job.gang) return null;
  const masterPort = firstPort + (Number.parseInt(job.gang.id.slice(0, 8), 16) % ports);
  return { ...job.gang, masterAddress, masterPort };
}
