import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { singleton } from '../singleton.ts';
import { defaultDirectory } from '../storage/default-directory.ts';
import { Journal } from '../storage/journal.ts';

/** Something that matters to security. */
export interface AuditEvent {
  /** UTC, ISO 8601. */
  timestamp: string;
  type: string;
  userId: string;
  success: boolean;
  details: Record<string, unknown>;
}

export interface AuditFilter {
  type?: string;
  userId?: string;
}

/** Where events are kept. Give `AuditLogger` one of your own to keep them in a database. */
export interface AuditStore {
  /** Resolves once the event is safe. */
  append(event: AuditEvent): Promise<void>;
  /** The newest, latest first. */
  recent(limit: number, filter: AuditFilter): Promise<AuditEvent[]>;
}

/** Kept in a file of JSON lines that is only appended to. */
export class FileAuditStore implements AuditStore {
  readonly #journal: Journal<AuditEvent>;

  constructor(file: string) {
    this.#journal = new Journal(file);
  }

  append(event: AuditEvent): Promise<void> {
    return this.#journal.append(event);
  }

  recent(limit: number, { type, userId }: AuditFilter): Promise<AuditEvent[]> {
    const wanted = (event: AuditEvent) =>
      (type === undefined || event.type === type) && (userId === undefined || event.userId === userId);
    return this.#journal.readLast(limit, wanted);
  }
}

export interface AuditLoggerOptions {
  /** Default: the file `audit.jsonl` in `~/.hearth/toolkit`. */
  store?: AuditStore;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** Writes down who did what. Each call resolves once the event is kept, and rejects when it is not. */
export class AuditLogger {
  readonly #store: AuditStore;
  readonly #clock: Clock;

  constructor({ store, clock = systemClock }: AuditLoggerOptions = {}) {
    this.#store = store ?? new FileAuditStore(join(defaultDirectory(), 'audit.jsonl'));
    this.#clock = clock;
  }

  logLogin(userId: string, outcome: { success: boolean; ipAddress?: string }): Promise<void> {
    const { success, ...details } = outcome;
    return this.logEvent('login', userId, { success, details });
  }

  /** Commands can hold secrets: log what you would want others to read. */
  logCommandExecution(userId: string, command: string, { success }: { success: boolean }): Promise<void> {
    return this.logEvent('command', userId, { success, details: { command } });
  }

  logAccessDenied(userId: string, resource: string, { reason }: { reason?: string } = {}): Promise<void> {
    return this.logEvent('access_denied', userId, { success: false, details: { resource, reason } });
  }

  /** Any other event. */
  logEvent(
    type: string,
    userId: string,
    { success = true, details = {} }: { success?: boolean; details?: Record<string, unknown> } = {},
  ): Promise<void> {
    const timestamp = new Date(this.#clock.now()).toISOString();
    return this.#store.append({ timestamp, type, userId, success, details });
  }

  /** The newest events, latest first; of a type or a user when given. */
  getRecentEvents({ limit = 100, ...filter }: { limit?: number } & AuditFilter = {}): Promise<AuditEvent[]> {
    return this.#store.recent(limit, filter);
  }
}

/** The program's one logger, for those who want one. */
export const getAuditLogger = singleton((options?: AuditLoggerOptions) => new AuditLogger(options));
