import { EventEmitter } from 'node:events';
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

/** A task that was handed in; `stop` is there once it runs. */
interface Entry {
  task: ThreadTask;
  transfer: Transferable[] | undefined;
  promise: Promise<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  stop?: EventEmitter;
}

const workerFile = fileURLToPath(
  new URL(`./thread-pool.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/**
 * Runs functions on real threads (piscina). A function travels as its source text: it must be self-contained,
 * using nothing but its arguments, globals and `await import()`; anything larger is a module. Arguments and
 * results are copied (structured clone) unless transferred. A thread that crashes or is cancelled fails its one
 * task and is replaced. Tasks start in the order they came. A round trip costs about 0.1 ms: give it work worth that.
 */
export class ThreadPool {
  readonly #pool: Piscina<ThreadTask, unknown>;
  readonly #maxWorkers: number;
  readonly #waiting = new Set<Entry>();
  readonly #running = new Set<Entry>();
  #closed = false;

  constructor({ maxWorkers = 4, idleTimeoutMs = 5000, maxHeapMb, log = consoleLog }: ThreadPoolOptions = {}) {
    if (!Number.isInteger(maxWorkers) || maxWorkers < 1)
      throw new RangeError('maxWorkers must be a whole number from 1');
    this.#maxWorkers = maxWorkers;
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
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<R>>();
    const task = toThreadTask(job, options.args ?? [], options.transferResult);
    const settle = resolve as (result: unknown) => void;
    const entry: Entry = { task, transfer: options.transfer, promise, resolve: settle, reject };
    const future = new Future(promise, () => this.#cancel(entry));
    this.#waiting.add(entry);
    this.#followSignal(future, options.signal);
    this.#pump();
    return future;
  }

  /** Tasks that wait for a thread. */
  get queueSize(): number {
    return this.#waiting.size;
  }

  /** Threads that exist now. */
  get threadCount(): number {
    return this.#pool.threads.length;
  }

  /** Takes no more tasks, waits for those that were handed in, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#waiting, ...this.#running].map((entry) => entry.promise));
    await this.#pool.destroy();
  }

  /** Takes no more tasks and ends the threads now; tasks that were handed in fail. */
  async terminate(): Promise<void> {
    this.#closed = true;
    for (const entry of this.#waiting) entry.reject(new Error('The pool was terminated'));
    this.#waiting.clear();
    await this.#pool.destroy();
  }

  /**
   * Piscina gets a task only when a thread is free: its own queue takes quadratic time over tasks that can be
   * cancelled, and an emitter costs a tenth of an AbortSignal.
   */
  #pump(): void {
    for (const entry of this.#waiting) {
      if (this.#running.size >= this.#maxWorkers) return;
      this.#waiting.delete(entry);
      this.#running.add(entry);
      entry.stop = new EventEmitter();
      const done = () => {
        this.#running.delete(entry);
        this.#pump();
      };
      this.#pool.run(entry.task, { signal: entry.stop, transferList: entry.transfer }).then(
        (result) => {
          entry.resolve(result);
          done();
        },
        (error: unknown) => {
          entry.reject(error);
          done();
        },
      );
    }
  }

  #cancel(entry: Entry): void {
    if (this.#waiting.delete(entry)) entry.reject(new DOMException('The task was cancelled', 'AbortError'));
    else entry.stop?.emit('abort');
  }

  #followSignal(future: Future<unknown>, signal: AbortSignal | undefined): void {
    if (!signal) return;
    const cancel = () => void future.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    future.onDone(() => signal.removeEventListener('abort', cancel));
  }
}

/** The program's one pool, for those who want one. */
export const getThreadPool = singleton((options?: ThreadPoolOptions) => new ThreadPool(options));
