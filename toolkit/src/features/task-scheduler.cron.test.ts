import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { TaskScheduler } from './task-scheduler.ts';

const hourMs = 3_600_000;
const begin = (wall: string, cron: string, timezone?: string) => {
  const clock = new ManualClock(Date.parse(wall));
  const scheduler = new TaskScheduler({ clock });
  scheduler.start();
  const runs: string[] = [];
  const id = scheduler.scheduleTask(() => runs.push(new Date(clock.now()).toISOString()), { cron, timezone });
  return { clock, scheduler, runs, id };
};

describe('TaskScheduler with cron', () => {
  it('runs when the pattern says', async () => {
    const { clock, runs, scheduler, id } = begin('2025-03-01T00:00:30Z', '*/20 * * * *');
    await clock.advance(hourMs);
    expect(runs).toEqual([
      '2025-03-01T00:20:00.000Z',
      '2025-03-01T00:40:00.000Z',
      '2025-03-01T01:00:00.000Z',
    ]);
    expect(scheduler.getTaskStatus(id)).toMatchObject({
      status: 'pending',
      nextRunAt: '2025-03-01T01:20:00.000Z',
    });
    await scheduler.stop();
  });

  it('knows time zones', async () => {
    const { clock, runs } = begin('2025-03-01T00:00:00Z', '0 2 * * *', 'Europe/Moscow');
    await clock.advance(24 * hourMs);
    expect(runs).toEqual(['2025-03-01T23:00:00.000Z']);
  });

  it('when the wall jumps ahead, goes on from the new time and makes nothing up', async () => {
    const { clock, runs } = begin('2025-03-01T00:00:00Z', '0 * * * *');
    await clock.advance(10 * 60_000);
    clock.jumpWall(5 * hourMs);
    await clock.advance(hourMs);
    expect(runs).toEqual(['2025-03-01T06:00:00.000Z']);
  });

  it('when the wall jumps back, comes at the pattern of the new time', async () => {
    const { clock, runs } = begin('2025-03-01T05:10:00Z', '0 * * * *');
    await clock.advance(60_000);
    clock.jumpWall(-3 * hourMs);
    await clock.advance(hourMs);
    expect(runs).toEqual(['2025-03-01T03:00:00.000Z']);
  });

  it('delays and intervals do not care about the wall', async () => {
    const clock = new ManualClock();
    const scheduler = new TaskScheduler({ clock });
    scheduler.start();
    const runsAtMs: number[] = [];
    scheduler.scheduleTask(() => runsAtMs.push(clock.monotonicMs()), { repeat: true, intervalMs: 10_000 });
    await clock.advance(15_000);
    clock.jumpWall(-24 * hourMs);
    await clock.advance(10_000);
    clock.jumpWall(48 * hourMs);
    await clock.advance(10_000);
    expect(runsAtMs).toEqual([0, 10_000, 20_000, 30_000]);
  });
});
