import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { getHealthChecker, HealthChecker } from './health-checker.ts';

describe('HealthChecker', () => {
  it('a check that says no, throws or hangs is unhealthy and harms no other', async () => {
    const clock = new ManualClock(0);
    const checker = new HealthChecker({ clock });
    checker.registerCheck('database', () => true);
    checker.registerCheck('cache', () => undefined);
    checker.registerCheck('disk', async () => false);
    checker.registerCheck('mail', () => {
      throw new Error('connection refused');
    });
    let aborted = false;
    checker.registerCheck('queue', (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => undefined);
    });
    const running = checker.runChecks();
    await clock.advance(5000);
    const results = await running;
    expect(results).toMatchObject({
      database: { healthy: true, durationMs: 0, checkedAt: '1970-01-01T00:00:00.000Z' },
      cache: { healthy: true },
      disk: { healthy: false, error: 'the check said no' },
      mail: { healthy: false, error: 'connection refused' },
      queue: { healthy: false, error: 'no answer within 5000 ms', durationMs: 5000 },
    });
    expect(results.database).not.toHaveProperty('error');
    expect(aborted).toBe(true);
    expect(checker.isHealthy()).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is healthy only when every check has run and answered well', async () => {
    const checker = new HealthChecker();
    expect(checker.isHealthy()).toBe(true);
    checker.registerCheck('a', () => 'fine');
    expect(checker.isHealthy()).toBe(false);
    await checker.runChecks();
    expect(checker.isHealthy()).toBe(true);
    checker.registerCheck('b', () => true);
    expect(checker.isHealthy()).toBe(false);
  });

  it('runs some of the checks when asked for some, and refuses names it does not know', async () => {
    const checker = new HealthChecker();
    const ran: string[] = [];
    for (const name of ['a', 'b', 'c']) checker.registerCheck(name, () => void ran.push(name));
    expect(Object.keys(await checker.runChecks({ names: ['c', 'a'] }))).toEqual(['c', 'a']);
    expect(ran).toEqual(['c', 'a']);
    expect(checker.isHealthy()).toBe(false);
    await checker.runChecks({ names: ['b'] });
    expect(checker.isHealthy()).toBe(true);
    expect(Object.keys(checker.getResults())).toEqual(['c', 'a', 'b']);
    await expect(checker.runChecks({ names: ['d'] })).rejects.toThrow(RangeError);
  });

  it('ends with the signal and keeps no answer of a run that was called off', async () => {
    const checker = new HealthChecker();
    checker.registerCheck('slow', () => new Promise(() => undefined));
    const stop = new AbortController();
    const running = checker.runChecks({ signal: stop.signal });
    stop.abort(new Error('shutting down'));
    await expect(running).rejects.toThrow('shutting down');
    expect(checker.getResults()).toEqual({});
  });

  it('is one per program when asked for so', () => {
    expect(getHealthChecker()).toBe(getHealthChecker());
  });
});
