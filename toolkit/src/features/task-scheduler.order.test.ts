import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { TaskPriority } from './task.ts';
import { TaskScheduler } from './task-scheduler.ts';

const tasks = fc.array(
  fc.record({
    delayMs: fc.integer({ min: 0, max: 20 }),
    priority: fc.constantFrom(...Object.values(TaskPriority)),
    durationMs: fc.integer({ min: 0, max: 10 }),
  }),
  { maxLength: 25, size: 'max' },
);

it('of the tasks that are due the highest priority starts first, then the earliest due, then the first scheduled', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async (specs) => {
      const clock = new ManualClock();
      const scheduler = new TaskScheduler({ clock, maxConcurrent: 1 });
      const order: number[] = [];
      specs.forEach((spec, n) => {
        const run = async () => {
          order.push(n);
          if (spec.durationMs > 0)
            await new Promise<void>((resolve) => clock.after(spec.durationMs, resolve));
        };
        scheduler.scheduleTask(run, spec);
      });
      scheduler.start();
      await clock.advance(1000);

      let nowMs = 0;
      const left = specs.map((spec, n) => ({ ...spec, n }));
      const expected: number[] = [];
      while (left.length > 0) {
        nowMs = Math.max(nowMs, Math.min(...left.map((task) => task.delayMs)));
        const due = left.filter((task) => task.delayMs <= nowMs);
        const [first] = due.sort((a, b) => b.priority - a.priority || a.delayMs - b.delayMs || a.n - b.n);
        expected.push(first!.n);
        nowMs += first!.durationMs;
        left.splice(left.indexOf(first!), 1);
      }
      expect(order).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

it('never runs more at the same time than it may', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (specs, maxConcurrent) => {
      const clock = new ManualClock();
      const scheduler = new TaskScheduler({ clock, maxConcurrent });
      let running = 0;
      let most = 0;
      for (const spec of specs)
        scheduler.scheduleTask(async () => {
          most = Math.max(most, ++running);
          await new Promise<void>((resolve) => clock.after(spec.durationMs, resolve));
          running--;
        }, spec);
      scheduler.start();
      await clock.advance(1000);
      expect(most).toBeLessThanOrEqual(maxConcurrent);
      expect(scheduler.listTasks().every((task) => task.status === 'completed' && task.runs === 1)).toBe(
        true,
      );
    }),
    { numRuns: 30 },
  );
});
