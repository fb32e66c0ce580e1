import type { AgentMessage } from '@hearth/contract';
import { JournalReader } from './journal-reader.ts';

export interface OutboxOptions {
  jobId: string;
  leaseId: string;
  journal: string;
  /** False when the message did not leave. */
  send: (message: AgentMessage) => boolean;
}

const batchLimit = 200;
/** So many events may be under way without an acknowledgement. */
const window = 1000;
const stallMs = 5000;
/** So long it sends at a time before others have their turn. */
const turnMs = 4;

/**
 * Sends a job's journal, in order and from where the server has got to. What is not acknowledged is sent again:
 * after every cut, and when the server asks for it by repeating an old number.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #reader: JournalReader;
  /** Undefined while there is no line, or the server has not yet said how far it has got. */
  #sent: number | undefined;
  #acked = 0;
  #progressAt = 0;
  #finishedSeq: number | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#reader = new JournalReader(options.journal);
  }

  resume(ackedSeq: number): void {
    this.#acked = ackedSeq;
    this.#sent = ackedSeq;
    this.#progressAt = performance.now();
  }

  pause(): void {
    this.#sent = undefined;
  }

  acknowledge(seq: number): void {
    const now = performance.now();
    const isRepeat = seq === this.#acked && this.#sent !== undefined && this.#sent > seq;
    if (seq > this.#acked) {
      this.#acked = seq;
      this.#progressAt = now;
      if (this.#sent !== undefined) this.#sent = Math.max(this.#sent, seq);
    } else if (isRepeat && now - this.#progressAt > 1000) this.#rewind(now);
  }

  /** The server has everything up to and with the end. */
  get isDelivered(): boolean {
    return this.#finishedSeq !== undefined && this.#acked >= this.#finishedSeq;
  }

  /** Is the journal as long as this? One that lost its end with the machine's power is not. */
  reaches(seq: number): boolean {
    return seq === 0 || this.#reader.read(seq, 1).length > 0;
  }

  /** Sends what there is to send; true when its turn was over before all of that was sent. */
  pump(): boolean {
    const now = performance.now();
    if (this.#sent !== undefined && this.#sent > this.#acked && now - this.#progressAt > stallMs)
      this.#rewind(now);
    while (this.#sent !== undefined && this.#sent - this.#acked < window) {
      const sent = this.#sent;
      const events = this.#reader.read(sent + 1, batchLimit);
      if (events.length === 0) return false;
      const finished = events.findIndex((event) => event.type === 'finished');
      if (finished >= 0) this.#finishedSeq = sent + 1 + finished;
      const { jobId, leaseId, send } = this.#options;
      if (!send({ type: 'job.events', jobId, leaseId, firstSeq: sent + 1, events })) return false;
      if (this.#sent === this.#acked) this.#progressAt = now;
      this.#sent = sent + events.length;
      if (performance.now() - now > turnMs) return true;
    }
    return false;
  }

  close(): void {
    this.#reader.close();
  }

  #rewind(now: number): void {
    this.#sent = this.#acked;
    this.#progressAt = now;
  }
}
