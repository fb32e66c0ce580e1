import { fileURLToPath } from 'node:url';
import type { Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { consoleLog, type Log } from '../log.ts';
import { singleton } from '../singleton.ts';
import { Future } from './future.ts';
import { type Job, type ThreadTask, toThreadTask } from './thread-task.ts';

export interface ThreadPoolOptions {
  /** Threads at most; they start when work comes. Default 4. */
  maxWorkers?: number;
  /** An idle thread ends after this long. Default 5000. */
  idleTimeoutMs?: number;
  /** Memory of each thread, above which it is ended and its task fails. Default: as Node sees fit. */
  maxHeapMb?: number;
  /** Told of a thread that crashed between tasks. Default: standard error. */
  log?: Log;
}

export interface RunOptions<Args extends unknown[]> {
  args?: Args;
  /** Ends the task; when it is running, its thread. */
  signal?: AbortSignal;
  /** Parts of the arguments that move to the thread instead of being copied. */
  transfer?: Transferable[];
  /** Moves a result that is an ArrayBuffer or a typed array, instead of copying it. Default false. */
  transferResult?: boolean;
}

const workerFile = fileURLToPath(
  new URL(`./thread-pool.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/**
 * Runs functions on real threads (piscina). A function travels as its source text: it must be self-contained,
 * using nothing but its arguments, globals and `await import()`; anything larger is a module. Arguments and
 * results are copied (structured clone) unless transferred. A thread that crashes or is cancelled fails its one
 * task and is replaced. A round trip costs about 0.1 ms: give it work worth that.
 */
export class ThreadPool {
  readonly #pool: Piscina<ThreadTask, unknown>;
  readonly #unfinished = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ maxWorkers = 4, idleTimeoutMs = 5000, maxHeapMb, log = consoleLog }: ThreadPoolOptions = {}) {
    if (!Number.isInteger(maxWorkers) || maxWorkers < 1)
      throw new RangeError('maxWorkers must be a whole number from 1');
    this.#pool = new Piscina({
      filename: workerFile,
      minThreads: 0,
      maxThreads: maxWorkers,
      idleTimeout: idleTimeoutMs,
      recordTiming: false,
      resourceLimits: maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: maxHeapMb },
    });
    this.#pool.on('error', (error) => log.warn({ error }, 'A thread of the pool crashed between tasks'));
  }

  /** Runs `job(...args)` on a thread. */
  submit<Args extends unknown[], R>(job: Job<Args, R>, ...args: Args): Future<Awaited<R>> {
    return this.run(job, { args });
  }

  /** As `submit`, with a signal and transfers. @throws TypeError for a native or bound function */
  run<Args extends unknown[], R>(job: Job<Args, R>, options: RunOptions<Args> = {}): Future<Awaited<R>> {
    if (this.#closed) throw new Error('The pool is closed');
    const task = toThreadTask(job, options.args ?? [], options.transferResult);
    const future = new Future(
      (signal) => this.#pool.run(task, { signal, transferList: options.transfer }) as Promise<Awaited<R>>,
      options.signal,
    );
    this.#unfinished.add(future.result());
    return future.onDone(() => this.#unfinished.delete(future.result()));
  }

  /** Tasks that wait for a thread. */
  get queueSize(): number {
    return this.#pool.queueSize;
  }

  /** Threads that exist now. */
  get threadCount(): number {
    return this.#pool.threads.length;
  }

  /** Takes no more tasks, waits for those that were handed in, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#unfinished);
    await this.#pool.destroy();
  }

  /** Takes no more tasks and ends the threads now; tasks that were handed in fail. */
  async terminate(): Promise<void> {
    this.#closed = true;
    await this.#pool.destroy();
  }
}

/** The program's one pool, for those who want one. */
export const getThreadPool = singleton((options?: ThreadPoolOptions) => new ThreadPool(options));
