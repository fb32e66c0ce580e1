import { ManualClock } from '@hearth/toolkit/reliability';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';
import { Schedule } from './schedule.ts';

function build() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = createLog('warn', { write: (line) => void lines.push(line) });
  return { clock, lines, schedule: new Schedule(log, clock) };
}

it('runs each task in its time, from the start on', async () => {
  const { clock, schedule } = build();
  const ran: string[] = [];
  schedule.add('often', { everyMs: 1_000 }, () => ran.push('often'));
  schedule.add('soon', { everyMs: 60_000, firstAfterMs: 0 }, () => ran.push('soon'));
  await clock.advance(900);
  expect(ran).toEqual([]);
  schedule.start();
  await clock.advance(1_100);
  expect(ran).toEqual(['soon', 'often', 'often']);
});

it('logs a run that failed by its name, and goes on', async () => {
  const { clock, lines, schedule } = build();
  schedule.add('fragile', { everyMs: 1_000 }, () => {
    throw new Error('not now');
  });
  schedule.start();
  await clock.advance(2_000);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { task: 'fragile', err: { message: 'not now' } },
    { task: 'fragile' },
  ]);
  expect(schedule.tasks()).toMatchObject([{ name: 'fragile', runs: 2, failures: 2 }]);
});

it('does not overlap a task with itself, nor let one that hangs hold up others', async () => {
  const { clock, schedule } = build();
  let begun = 0;
  let others = 0;
  schedule.add('hangs', { everyMs: 1_000 }, () => {
    begun += 1;
    return new Promise(() => undefined);
  });
  schedule.add('other', { everyMs: 1_000 }, () => {
    others += 1;
  });
  schedule.start();
  await clock.advance(5_000);
  expect([begun, others]).toEqual([1, 5]);
});

it('ends what runs when it stops, says nothing of that, and runs nothing more', async () => {
  const { clock, lines, schedule } = build();
  let ended = false;
  schedule.add('long', { everyMs: 1_000 }, (signal) => {
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        ended = true;
        reject(signal.reason);
      }),
    );
  });
  schedule.start();
  await clock.advance(1_000);
  await schedule.stop();
  expect(ended).toBe(true);
  await clock.advance(10_000);
  expect([schedule.tasks()[0]?.runs, lines, clock.pendingTimers]).toEqual([0, [], 0]);
});
