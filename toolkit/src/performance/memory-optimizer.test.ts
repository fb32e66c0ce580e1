import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getMemoryOptimizer, MemoryOptimizer, readMemory } from './memory-optimizer.ts';

const usage = (percent: number, heapUsedBytes = 100) => ({ ...readMemory(), percent, heapUsedBytes });

describe('MemoryOptimizer', () => {
  it('reads real figures', () => {
    const memory = getMemoryOptimizer().getMemoryUsage();
    expect(memory.percent).toBeGreaterThan(0);
    expect(memory.percent).toBeLessThan(100);
    expect(memory.rssBytes).toBeGreaterThan(memory.heapUsedBytes / 2);
    expect(memory.availableBytes).toBeLessThan(memory.totalBytes);
  });

  it('says when the runtime does not expose its collector', () => {
    const optimizer = new MemoryOptimizer({ collector: undefined });
    if (globalThis.gc) expect(optimizer.collectGarbage().collected).toBe(true);
    else expect(optimizer.collectGarbage()).toMatchObject({ collected: false, reason: /--expose-gc/ });
  });

  it('collects above the threshold only, and tells what was freed', () => {
    let heap = 100;
    let percent = 80;
    const optimizer = new MemoryOptimizer({
      read: () => usage(percent, heap),
      collector: () => {
        heap = 40;
      },
    });
    expect(optimizer.optimize()).toMatchObject({ collected: false });
    percent = 80.1;
    expect(optimizer.optimize()).toEqual({ collected: true, freedBytes: 60 });
  });

  it('looks every 30 s once started, and stops', async () => {
    const clock = new ManualClock();
    let collections = 0;
    const collector = () => {
      collections++;
    };
    const optimizer = new MemoryOptimizer({ clock, collector, read: () => usage(99) });
    const stop = new AbortController();
    optimizer.start({ signal: stop.signal });
    optimizer.start();
    await clock.advance(95_000);
    expect(collections).toBe(3);
    stop.abort();
    expect(clock.pendingTimers).toBe(0);
  });
});
