import type { AuditRow } from '@hearth/contract';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { AuditRepository, NewAuditRow } from './audit.repository.ts';

export interface AuditEntry {
  actor: string;
  action: string;
  target?: string;
  success?: boolean;
  ip?: string;
  details?: Record<string, unknown>;
}
export interface KeyUse {
  fingerprint: string;
  success: boolean;
  route: string;
  ip: string;
}

const mostWaiting = 10_000;

/**
 * Writes down who did what. Rows wait in memory for the next `flush`, so that no request waits for them; equal uses
 * of a key within a minute become one row with a count.
 */
export class AuditService {
  readonly #repository: AuditRepository;
  readonly #clock: Clock;
  readonly #log: Log;
  #waiting: NewAuditRow[] = [];
  readonly #uses = new Map<string, NewAuditRow & { details: { count: number } }>();
  #flushing: Promise<void> = Promise.resolve();
  constructor(repository: AuditRepository, clock: Clock, log: Log) {
    this.#repository = repository;
    this.#clock = clock;
    this.#log = log;
  }

  record({ actor, action, target, success = true, ip, details = {} }: AuditEntry): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#log.error({ action }, 'An audit row was lost: too many wait for the database.');
      return;
    }
    this.#waiting.push({ at: this.#clock(), actor, action, target, success, ip, details });
  }

  recordKeyUse({ fingerprint, success, route, ip }: KeyUse): void {
    const at = this.#clock();
    const minute = Math.floor(at.getTime() / 60_000);
    // A flood of invented keys is one row, not a row a key.
    const known = success || this.#uses.size < mostWaiting;
    const key = [minute, known ? fingerprint : '*', success, route, ip].join(' ');
    const same = this.#uses.get(key);
    if (same) same.details.count += 1;
    else
      this.#uses.set(key, {
        at,
        actor: `key ${known ? fingerprint : '*'}`,
        action: 'key.used',
        target: route,
        success,
        ip,
        details: { count: 1 },
      });
  }

  list(limit: number, before?: bigint, action?: string): Promise<AuditRow[]> {
    return this.#repository.list(limit, before, action);
  }

  /** Writes what waits; uses of the running minute stay to be counted on, unless `all`. */
  flush(all = false): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write(all));
    return this.#flushing;
  }

  async #write(all: boolean): Promise<void> {
    const rows = [...this.#waiting, ...this.#takeUses(all)];
    this.#waiting = [];
    if (rows.length === 0) return;
    try {
      await this.#repository.add(rows);
    } catch (err) {
      this.#log.warn({ err }, 'Audit rows could not be written yet.');
      this.#waiting = [...rows, ...this.#waiting].slice(0, mostWaiting);
    }
  }

  #takeUses(all: boolean): NewAuditRow[] {
    const minute = Math.floor(this.#clock().getTime() / 60_000);
    const done = [...this.#uses].filter(
      ([key, row]) => all || !row.success || Number.parseInt(key, 10) < minute,
    );
    for (const [key] of done) this.#uses.delete(key);
    return done.map(([, row]) => row);
  }
}
