import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { RateLimiter } from './rate-limiter.ts';
import { SecurityPolicy } from './security-policy.ts';

describe('RateLimiter', () => {
  it('lets 60 a minute through, and says when to come back', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(undefined, { clock });
    for (let i = 0; i < 60; i++) {
      expect(limiter.check('a')).toEqual({ allowed: true });
      clock.skip(100);
    }
    expect(limiter.check('a')).toEqual({ allowed: false, retryAfterMs: 54_000 });
    expect(limiter.check('b')).toEqual({ allowed: true });
    clock.skip(54_000);
    expect(limiter.check('a')).toEqual({ allowed: true });
  });

  it('lets 1000 an hour through', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(undefined, { clock });
    let allowed = 0;
    for (let i = 0; i < 1800; i++) {
      if (limiter.check('a').allowed) allowed++;
      clock.skip(2000);
    }
    expect(allowed).toBe(1000);
  });

  it('in no window do more pass than may, and none is refused without need', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60, size: 'max' }), (gaps) => {
        const clock = new ManualClock();
        const policy = Object.assign(new SecurityPolicy(), { rateLimitPerMinute: 3, rateLimitPerHour: 8 });
        const limiter = new RateLimiter(policy, { clock });
        const passed: number[] = [];
        const within = (ms: number, nowMs: number) => passed.filter((atMs) => atMs > nowMs - ms).length;
        for (const gap of gaps) {
          clock.skip(gap);
          const nowMs = clock.monotonicMs();
          const free = within(60_000, nowMs) < 3 && within(3_600_000, nowMs) < 8;
          expect(limiter.check('a').allowed).toBe(free);
          if (free) passed.push(nowMs);
        }
      }),
    );
  });

  it('a limit of 0 lets nothing through; callers beyond the limit of memory are forgotten', () => {
    const none = Object.assign(new SecurityPolicy(), { rateLimitPerHour: 0 });
    expect(new RateLimiter(none).check('a').allowed).toBe(false);
    const one = Object.assign(new SecurityPolicy(), { rateLimitPerMinute: 1 });
    const limiter = new RateLimiter(one, { maxKeys: 1 });
    expect(['a', 'a', 'b', 'a'].map((key) => limiter.check(key).allowed)).toEqual([true, false, true, true]);
  });
});
