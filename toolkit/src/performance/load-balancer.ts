import { singleton } from '../singleton.ts';
import type { Future } from './future.ts';
import { ThreadPool, type ThreadPoolOptions } from './thread-pool.ts';
import type { Job } from './thread-task.ts';

export interface LoadBalancerOptions extends Omit<ThreadPoolOptions, 'maxWorkers'> {
  /** Threads, each with a queue of its own. Default 4. */
  numWorkers?: number;
}

/**
 * Gives each task to the thread with the fewest unfinished ones (the lowest number among equals). A thread works
 * its tasks off in the order they came. To let any free thread take the next task, use `ThreadPool`.
 */
export class LoadBalancer {
  readonly #workers: ThreadPool[];
  readonly #loads: number[];

  constructor({ numWorkers = 4, ...options }: LoadBalancerOptions = {}) {
    if (!Number.isInteger(numWorkers) || numWorkers < 1)
      throw new RangeError('numWorkers must be a whole number from 1');
    this.#workers = Array.from({ length: numWorkers }, () => new ThreadPool({ ...options, maxWorkers: 1 }));
    this.#loads = this.#workers.map(() => 0);
  }

  /** Hands the task to the least loaded thread and says which. */
  submitTask<Args extends unknown[], R>(job: Job<Args, R>, ...args: Args): number {
    return this.submit(job, ...args).worker;
  }

  /** As `submitTask`, with the result. */
  submit<Args extends unknown[], R>(
    job: Job<Args, R>,
    ...args: Args
  ): { worker: number; future: Future<Awaited<R>> } {
    const worker = this.getLeastLoaded();
    const future = this.#workers[worker]!.submit(job, ...args);
    this.#loads[worker]!++;
    future.onDone(() => {
      this.#loads[worker]!--;
    });
    return { worker, future };
  }

  /** Number of the thread that the next task would go to. */
  getLeastLoaded(): number {
    return this.#loads.indexOf(Math.min(...this.#loads));
  }

  /** Unfinished tasks of each thread. */
  getLoads(): number[] {
    return [...this.#loads];
  }

  /** Waits for the tasks that were handed in, then ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Ends the threads now; tasks that were handed in fail. */
  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** The program's one balancer, for those who want one. */
export const getLoadBalancer = singleton((options?: LoadBalancerOptions) => new LoadBalancer(options));
