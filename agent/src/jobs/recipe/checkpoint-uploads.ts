import { rm } from 'node:fs/promises';
import type { JobContext } from '../job-context.ts';
import { sendFile } from '../upload.ts';

export interface CheckpointFile {
  path: string;
  /** Epochs that are done in it. */
  epoch: number;
}

/** A stopped job has about this long to give its last checkpoint away. */
const lastMs = 2500;

/**
 * Gives checkpoints to the server as they come, one after another; where they come faster than they can be sent, only
 * the newest waits. A checkpoint that could not be sent is no reason to end a run.
 */
export class CheckpointUploads {
  readonly #context: JobContext;
  #waiting: CheckpointFile | undefined;
  #sending: Promise<void> | undefined;
  #count = 0;

  constructor(context: JobContext) {
    this.#context = context;
  }

  /** The file is this one's from now on: it is removed once it is sent, or once a newer one has come. */
  offer(file: CheckpointFile): void {
    const before = this.#waiting;
    this.#waiting = file;
    if (before) void rm(before.path, { force: true });
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when none is under way. */
  async settle(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  async #send(): Promise<void> {
    for (let file = this.#next(); file; file = this.#next()) {
      try {
        await this.#give(file);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#context.log('WARNING', `The checkpoint of epoch ${file.epoch} was not kept: ${reason}`);
      } finally {
        await rm(file.path, { force: true });
      }
    }
  }

  async #give(file: CheckpointFile): Promise<void> {
    const { signal } = this.#context;
    this.#count += 1;
    try {
      await this.#upload(file, signal.aborted ? AbortSignal.timeout(lastMs) : signal);
    } catch (error) {
      // Cut off by the order to stop, it is sent once more in the time that is left, unless there is a newer one.
      if (!signal.aborted || this.#waiting) throw error;
      await this.#upload(file, AbortSignal.timeout(lastMs));
    }
  }

  async #upload({ path, epoch }: CheckpointFile, signal: AbortSignal): Promise<void> {
    // Two names, in turn: the server need not keep more than two, and never gives up one before it has the next.
    const name = `checkpoint-${this.#count % 2}`;
    const sent = await sendFile({ ...this.#context, signal }, { path, name, format: 'checkpoint' });
    this.#context.tell({ type: 'checkpoint', name, epoch, ...sent });
  }

  #next(): CheckpointFile | undefined {
    const file = this.#waiting;
    this.#waiting = undefined;
    return file;
  }
}
