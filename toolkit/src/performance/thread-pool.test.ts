import { isMainThread, threadId } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { getThreadPool, ThreadPool } from './thread-pool.ts';

const pool = new ThreadPool({ maxWorkers: 2 });
const work = new URL('../testing/thread-work.ts', import.meta.url);
afterAll(() => pool.terminate());

const forever = () => {
  for (;;);
};

describe('ThreadPool', () => {
  it('runs a self-contained function on another thread', async () => {
    const where = pool.submit(
      async (a: number, b: number) => {
        const { threadId, isMainThread } = process.getBuiltinModule('node:worker_threads');
        return { threadId, isMainThread, sum: a + b };
      },
      2,
      3,
    );
    const result = await where.result();
    expect(result).toMatchObject({ isMainThread: false, sum: 5 });
    expect(result.threadId).not.toBe(threadId);
    expect(where.state).toBe('completed');
  });

  it('runs functions and methods in any notation', async () => {
    const object = {
      shorthand(n: number) {
        return n + 1;
      },
      async later(n: number) {
        return n + 2;
      },
    };
    function named(n: number) {
      return n + 3;
    }
    expect(await pool.submit(object.shorthand, 1).result()).toBe(2);
    expect(await pool.submit(object.later, 1).result()).toBe(3);
    expect(await pool.submit(named, 1).result()).toBe(4);
  });

  it('runs what a module exports', async () => {
    expect(await pool.submit({ module: work }, 21).result()).toBe(42);
    const filled = pool.submit({ module: work, name: 'filled' }, 3, 7);
    expect(await filled.result()).toEqual(new Uint8Array([7, 7, 7]));
    const missing = pool.submit({ module: work, name: 'notAFunction' });
    await expect(missing.result()).rejects.toThrow('exports no function notAFunction');
  });

  it('refuses a function whose source cannot be read', () => {
    expect(() => pool.submit(Math.max, 1)).toThrow(TypeError);
    expect(() => pool.submit((() => 1).bind(null))).toThrow(TypeError);
  });

  it('moves what is to be transferred, and copies the rest', async () => {
    const moved = new Uint8Array(8).fill(1);
    const sum = (bytes: Uint8Array) => bytes.reduce((a, b) => a + b, 0);
    expect(await pool.run(sum, { args: [moved], transfer: [moved.buffer] }).result()).toBe(8);
    expect(moved.byteLength).toBe(0);
    const copied = new Uint8Array(8).fill(2);
    expect(await pool.run(sum, { args: [copied] }).result()).toBe(16);
    expect(copied.byteLength).toBe(8);
    const back = pool.run({ module: work, name: 'filled' }, { args: [4, 9], transferResult: true });
    expect(await back.result()).toEqual(new Uint8Array(4).fill(9));
  });

  it('passes an error on, with its message', async () => {
    const failing = pool.submit(() => {
      throw new RangeError('too far');
    });
    await expect(failing.result()).rejects.toThrow('too far');
    expect(failing.state).toBe('failed');
  });

  it('calls back once, however it ended', async () => {
    const outcomes: unknown[] = [];
    const note = (outcome: PromiseSettledResult<unknown>) => outcomes.push(outcome.status);
    const good = pool.submit(() => 1).onDone(note);
    const bad = pool.submit(() => Promise.reject(new Error('no'))).onDone(note);
    await Promise.allSettled([good.result(), bad.result()]);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('cancels a task that never ends, one that waits, and leaves the others alone', async () => {
    const small = new ThreadPool({ maxWorkers: 1 });
    const running = small.submit(forever);
    const waiting = small.submit(forever);
    const stop = new AbortController();
    const signalled = small.run(forever, { signal: stop.signal });
    const last = small.submit((n: number) => n, 5);
    expect(waiting.cancel()).toBe(true);
    stop.abort();
    await expect(waiting.result()).rejects.toMatchObject({ name: 'AbortError' });
    await expect(signalled.result()).rejects.toMatchObject({ name: 'AbortError' });
    running.cancel();
    await expect(running.result()).rejects.toMatchObject({ name: 'AbortError' });
    expect(running.state).toBe('cancelled');
    expect(await last.result()).toBe(5);
    expect(last.cancel()).toBe(false);
    await small.close();
  });

  it('a thread that crashes fails its one task only', async () => {
    const slow = () => new Promise((resolve) => setTimeout(() => resolve('lived'), 200));
    const others = [pool.submit(slow), pool.submit(slow)];
    const crash = pool.submit(() => process.exit(3));
    const after = [1, 2, 3].map((n) => pool.submit((x: number) => x * 10, n));
    await expect(crash.result()).rejects.toThrow('3');
    expect(await Promise.all(others.map((f) => f.result()))).toEqual(['lived', 'lived']);
    expect(await Promise.all(after.map((f) => f.result()))).toEqual([10, 20, 30]);
  });

  it('an uncaught error outside the task ends that thread and its task only', async () => {
    const crash = pool.submit(
      () =>
        new Promise(() => {
          setTimeout(() => {
            throw new Error('out of the blue');
          }, 1);
        }),
    );
    const other = pool.submit((x: number) => x, 8);
    await expect(crash.result()).rejects.toThrow('out of the blue');
    expect(await other.result()).toBe(8);
  });

  it('a thread that outgrows its memory fails its one task only', async () => {
    const small = new ThreadPool({ maxWorkers: 1, maxHeapMb: 16 });
    const greedy = small.submit(() => {
      const kept: object[] = [];
      for (;;) kept.push(new Array(1000).fill({}));
    });
    await expect(greedy.result()).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await small.submit(() => 'fine').result()).toBe('fine');
    await small.terminate();
  });

  it('close waits for the work, terminate does not', async () => {
    const closing = new ThreadPool({ maxWorkers: 1 });
    const done = closing.submit(() => new Promise((resolve) => setTimeout(() => resolve('done'), 50)));
    await closing.close();
    expect(done.state).toBe('completed');
    expect(() => closing.submit(() => 1)).toThrow('closed');
    const ending = new ThreadPool({ maxWorkers: 1 });
    const cut = expect(ending.submit(forever).result()).rejects.toThrow();
    await ending.terminate();
    await cut;
    expect(ending.threadCount).toBe(0);
  });

  it('starts tasks in the order they came, and takes many', async () => {
    const few = new ThreadPool({ maxWorkers: 1 });
    const order: number[] = [];
    const futures = Array.from({ length: 3000 }, (_, n) =>
      few.submit((x: number) => x, n).onDone((done) => done.status === 'fulfilled' && order.push(done.value)),
    );
    expect(few.queueSize).toBe(2999);
    futures[1500]!.cancel();
    await few.close();
    expect(order).toEqual(Array.from({ length: 3000 }, (_, n) => n).filter((n) => n !== 1500));
    const aborted = AbortSignal.abort();
    expect(pool.run(() => 1, { signal: aborted }).state).toBe('cancelled');
  });

  it('is one per program when asked for so', async () => {
    expect(getThreadPool({ maxWorkers: 2 })).toBe(getThreadPool());
    expect(isMainThread || threadId > 0).toBe(true);
    await getThreadPool().terminate();
    expect(() => new ThreadPool({ maxWorkers: 0 })).toThrow(RangeError);
  });
});
