import { randomUUID } from 'node:crypto';
import type { LinksService } from '../nodes/links.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { newToken, tokenDigest } from '../platform/tokens.ts';
import type { EndingsService } from './endings.service.ts';
import type { JobsRepository } from './jobs.repository.ts';
import { byLoad, capsFor } from './placement.ts';

export interface DispatchOptions {
  /** Jobs of each kind that one node works on at a time. */
  caps: ReadonlyMap<string, number>;
  leaseMs: number;
  /** How long a node that refused gets nothing. */
  refusalPauseMs: number;
}

/** Hands queued jobs to nodes with room: when asked to, and now and then in case somebody else queued one. */
export class DispatchService {
  readonly #repository: JobsRepository;
  readonly #links: LinksService;
  readonly #endings: EndingsService;
  readonly #options: DispatchOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pausedUntil = new Map<string, number>();
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  constructor(
    repository: JobsRepository,
    links: LinksService,
    endings: EndingsService,
    options: DispatchOptions,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#links = links;
    this.#endings = endings;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
  }

  /** Places what can be placed; resolves when a whole pass begun after the call is done. */
  async dispatch(): Promise<void> {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#passes().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  pause(nodeId: string): void {
    this.#pausedUntil.set(nodeId, this.#clock().getTime() + this.#options.refusalPauseMs);
    setTimeout(() => void this.dispatch(), this.#options.refusalPauseMs).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #passes(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        while (await this.#placeOne());
      } catch (err) {
        this.#log.warn({ err }, 'Jobs could not be placed just now.');
      }
    }
  }

  async #placeOne(): Promise<boolean> {
    const online = this.#links.online().filter(({ nodeId }) => !this.#isPaused(nodeId));
    if (online.length === 0) return false;
    const active = await this.#repository.countActive();
    for (const node of byLoad(online, active)) {
      const caps = capsFor(node, this.#options.caps);
      if (caps.size > 0 && (await this.#leaseTo(node.nodeId, caps))) return true;
    }
    return false;
  }

  async #leaseTo(nodeId: string, caps: ReadonlyMap<string, number>): Promise<boolean> {
    const jobToken = newToken('hj_');
    const expiresAt = new Date(this.#clock().getTime() + this.#options.leaseMs);
    const lease = { id: randomUUID(), nodeId, tokenHash: tokenDigest(jobToken), expiresAt };
    const job = await this.#repository.claim(lease, caps);
    if (!job) return false;
    const { id: jobId, payload } = job;
    if (!this.#links.send(nodeId, { type: 'job.assign', jobId, leaseId: lease.id, jobToken, payload })) {
      await this.#repository.transaction((tx) => this.#repository.release(tx, jobId));
      this.pause(nodeId);
      return true;
    }
    this.#log.info({ job: jobId, node: nodeId, attempt: job.attempt }, 'A job was assigned.');
    void this.#endings.announce({ jobId, events: [], released: [] });
    return true;
  }

  #isPaused(nodeId: string): boolean {
    return (this.#pausedUntil.get(nodeId) ?? 0) > this.#clock().getTime();
  }
}
