import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { TaskPriority } from './task.ts';
import { getTaskScheduler, TaskScheduler, type TaskSchedulerOptions } from './task-scheduler.ts';

const begin = (options: TaskSchedulerOptions = {}) => {
  const clock = new ManualClock();
  const scheduler = new TaskScheduler({ clock, ...options });
  scheduler.start();
  const runsAtMs: number[] = [];
  const note = () => runsAtMs.push(clock.monotonicMs());
  return { clock, scheduler, runsAtMs, note };
};
const untilAborted = (signal: AbortSignal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

describe('TaskScheduler', () => {
  it('runs a task after its delay and keeps its result', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.scheduleTask(async () => 'done', { delayMs: 10_000, name: 'report' });
    expect(scheduler.getTaskStatus(id)).toMatchObject({
      status: 'pending',
      name: 'report',
      nextRunAt: '2025-01-01T00:00:10.000Z',
    });
    await clock.advance(9_999);
    expect(scheduler.getTaskStatus(id)?.status).toBe('pending');
    await clock.advance(2);
    expect(scheduler.getTaskStatus(id)).toMatchObject({
      status: 'completed',
      result: 'done',
      runs: 1,
      finishedAt: '2025-01-01T00:00:10.000Z',
    });
  });

  it('trap: a finished one-shot task does not run again', async () => {
    const { clock, scheduler, runsAtMs, note } = begin();
    const id = scheduler.scheduleTask(note, { delayMs: 10 });
    await clock.advance(1000);
    await scheduler.stop();
    scheduler.start();
    await clock.advance(86_400_000);
    expect(runsAtMs).toEqual([10]);
    expect(scheduler.cancelTask(id)).toBe(false);
    expect(scheduler.getTaskStatus(id)?.status).toBe('completed');
  });

  it('repeats on its grid, goes on after a failure, and leaves out what it missed', async () => {
    const { clock, scheduler, runsAtMs, note } = begin();
    const id = scheduler.scheduleTask(
      async () => {
        note();
        if (runsAtMs.length === 2) throw new Error('second time');
        if (runsAtMs.length === 3) await new Promise<void>((resolve) => clock.after(150, resolve));
      },
      { delayMs: 10, repeat: true, intervalMs: 60 },
    );
    await clock.advance(400);
    expect(runsAtMs).toEqual([10, 70, 130, 310, 370]);
    expect(scheduler.getTaskStatus(id)).toMatchObject({ status: 'pending', runs: 5, failures: 1 });
    expect(scheduler.getTaskStatus(id)?.lastError).toEqual(new Error('second time'));
    expect(scheduler.cancelTask(id)).toBe(true);
    await clock.advance(1000);
    expect(runsAtMs).toHaveLength(5);
    expect(scheduler.getTaskStatus(id)?.status).toBe('cancelled');
  });

  it('a task that fails is failed, with its error', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.scheduleTask(() => {
      throw new Error('no');
    });
    await clock.advance(1);
    expect(scheduler.getTaskStatus(id)).toMatchObject({
      status: 'failed',
      error: new Error('no'),
      failures: 1,
    });
  });

  it('aborts a run that takes too long, and it counts as failed', async () => {
    const { clock, scheduler } = begin({ maxConcurrent: 1 });
    const id = scheduler.scheduleTask(() => new Promise(() => undefined), { timeoutMs: 500 });
    const after = scheduler.scheduleTask(() => 'next');
    await clock.advance(499);
    expect(scheduler.getTaskStatus(id)?.status).toBe('running');
    await clock.advance(2);
    expect(scheduler.getTaskStatus(id)).toMatchObject({ status: 'failed', error: { name: 'TimeoutError' } });
    expect(scheduler.getTaskStatus(after)?.status).toBe('completed');
    expect(clock.pendingTimers).toBe(0);
  });

  it('cancels a task that waits and one that runs', async () => {
    const { clock, scheduler, runsAtMs, note } = begin();
    const waiting = scheduler.scheduleTask(note, { delayMs: 100 });
    const running = scheduler.scheduleTask(untilAborted, { repeat: true, intervalMs: 5 });
    await clock.advance(1);
    expect(scheduler.getTaskStatus(running)?.status).toBe('running');
    expect([scheduler.cancelTask(waiting), scheduler.cancelTask(running)]).toEqual([true, true]);
    await clock.advance(1000);
    expect(scheduler.listTasks().map((task) => [task.status, task.runs])).toEqual([
      ['cancelled', 0],
      ['cancelled', 0],
    ]);
    expect(runsAtMs).toEqual([]);
    expect(scheduler.cancelTask('task-99')).toBe(false);
  });

  it('runs the rest when most were cancelled, in time', async () => {
    const { clock, scheduler, runsAtMs, note } = begin();
    const ids = Array.from({ length: 1000 }, (_, n) => scheduler.scheduleTask(note, { delayMs: 1000 + n }));
    for (const id of ids) if (id !== ids[7] && id !== ids[900]) scheduler.cancelTask(id);
    await clock.advance(5000);
    expect(runsAtMs).toEqual([1007, 1900]);
  });

  it('stop aborts what runs, waits for it, and start goes on with the rest', async () => {
    const { clock, scheduler, runsAtMs, note } = begin();
    const cut = scheduler.scheduleTask(untilAborted);
    scheduler.scheduleTask(note, { delayMs: 50, repeat: true, intervalMs: 50 });
    await clock.advance(60);
    await scheduler.stop();
    expect(scheduler.getTaskStatus(cut)?.status).toBe('cancelled');
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(1000);
    expect(runsAtMs).toEqual([50]);
    scheduler.start();
    await clock.advance(100);
    expect(runsAtMs).toEqual([50, 1060, 1100, 1150]);
  });

  it('stop waits no longer than its grace for a task that ignores its signal', async () => {
    const { clock, scheduler } = begin();
    scheduler.scheduleTask(() => new Promise(() => undefined));
    await clock.advance(1);
    const stopped = scheduler.stop({ graceMs: 300 });
    await clock.advance(300);
    await stopped;
  });

  it('forgets finished tasks beyond the limit, refuses nonsense, and stops with a signal', async () => {
    const clock = new ManualClock();
    const scheduler = new TaskScheduler({ clock, keepFinished: 2 });
    const stop = new AbortController();
    scheduler.start({ signal: stop.signal });
    const ids = [1, 2, 3].map((n) => scheduler.scheduleTask(() => n, { priority: TaskPriority.LOW }));
    await clock.advance(1);
    expect(ids.map((id) => scheduler.getTaskStatus(id)?.status)).toEqual([
      undefined,
      'completed',
      'completed',
    ]);
    expect(() => scheduler.scheduleTask(() => 1, { repeat: true })).toThrow(RangeError);
    expect(() => scheduler.scheduleTask(() => 1, { delayMs: -1 })).toThrow(RangeError);
    expect(() => scheduler.scheduleTask(() => 1, { cron: 'whenever' })).toThrow(TypeError);
    expect(() => scheduler.scheduleTask(() => 1, { cron: '0 0 30 2 *' })).toThrow(RangeError);
    stop.abort();
    const late = scheduler.scheduleTask(() => 1);
    await clock.advance(10);
    expect(scheduler.getTaskStatus(late)?.status).toBe('pending');
    expect(getTaskScheduler()).toBe(getTaskScheduler());
  });
});
