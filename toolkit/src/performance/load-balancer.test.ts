import { describe, expect, it } from 'vitest';
import { getLoadBalancer, LoadBalancer } from './load-balancer.ts';

const wait = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));

describe('LoadBalancer', () => {
  it('gives each task to the least loaded thread, and the load falls when it is done', async () => {
    const balancer = new LoadBalancer({ numWorkers: 3 });
    const tasks = [60, 1, 60, 60].map((ms) => balancer.submit(wait, ms));
    expect(tasks.map((task) => task.worker)).toEqual([0, 1, 2, 0]);
    expect(balancer.getLoads()).toEqual([2, 1, 1]);
    await tasks[1]!.future.result();
    expect(balancer.getLoads()[1]).toBe(0);
    expect(balancer.submitTask(wait, 1)).toBe(1);
    await balancer.close();
    expect(balancer.getLoads()).toEqual([0, 0, 0]);
  });

  it('a thread works off its tasks in the order they came; a failed one lowers the load too', async () => {
    const balancer = new LoadBalancer({ numWorkers: 1 });
    const startedAt = (n: number) => (n === 2 ? Promise.reject(new Error('no')) : process.hrtime.bigint());
    const futures = [1, 2, 3, 4].map((n) => balancer.submit(startedAt, n).future);
    await balancer.close();
    await expect(futures[1]!.result()).rejects.toThrow('no');
    const times = await Promise.all([0, 2, 3].map((i) => futures[i]!.result()));
    expect(times).toEqual(times.toSorted((x, y) => Number(x - y)));
    expect(balancer.getLoads()).toEqual([0]);
  });

  it('is one per program when asked for so', async () => {
    expect(getLoadBalancer()).toBe(getLoadBalancer());
    expect(getLoadBalancer().getLoads()).toEqual([0, 0, 0, 0]);
    await getLoadBalancer().terminate();
    expect(() => new LoadBalancer({ numWorkers: 0 })).toThrow(RangeError);
  });
});
