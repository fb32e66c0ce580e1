import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryConfig, RetryStrategy } from './retry-config.ts';

const delays = (config: RetryConfig, count: number) =>
  Array.from({ length: count }, (_, i) => config.delayMs(i + 1));

describe('RetryConfig', () => {
  it('has the published defaults', () => {
    const config = new RetryConfig();
    expect(config).toMatchObject({ maxAttempts: 3, initialDelayMs: 1000, maxDelayMs: 60_000 });
    expect(delays(config, 3)).toEqual([1000, 2000, 4000]);
  });

  it.each([
    [RetryStrategy.LINEAR, [1, 2, 3, 4, 5, 6]],
    [RetryStrategy.EXPONENTIAL, [1, 2, 4, 8, 16, 32]],
    [RetryStrategy.FIBONACCI, [1, 1, 2, 3, 5, 8]],
  ])('%s grows as published', (strategy, expected) => {
    expect(delays(new RetryConfig({ strategy, initialDelayMs: 1 }), 6)).toEqual(expected);
  });

  it('refuses figures that make no sense', () => {
    for (const options of [
      { maxAttempts: 0 },
      { maxAttempts: 1.5 },
      { initialDelayMs: -1 },
      { initialDelayMs: Number.NaN },
      { initialDelayMs: 10, maxDelayMs: 5 },
    ])
      expect(() => new RetryConfig(options)).toThrow(RangeError);
  });

  const figures = fc.record({
    initialDelayMs: fc.integer({ min: 0, max: 10_000 }),
    extraMs: fc.integer({ min: 0, max: 100_000 }),
    failure: fc.integer({ min: 1, max: 60 }),
  });

  it('every strategy stays within [first delay, cap]', () => {
    fc.assert(
      fc.property(
        figures,
        fc.constantFrom(...Object.values(RetryStrategy)),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        ({ initialDelayMs, extraMs, failure }, strategy, fraction) => {
          const maxDelayMs = initialDelayMs + extraMs;
          const config = new RetryConfig({ initialDelayMs, maxDelayMs, strategy, random: () => fraction });
          const delayMs = config.delayMs(failure);
          expect(delayMs).toBeGreaterThanOrEqual(initialDelayMs);
          expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
        },
      ),
    );
  });

  it('keeps the law of each growing strategy below the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 25 }), (first, n) => {
        const at = (strategy: RetryStrategy, failure: number) =>
          new RetryConfig({ strategy, initialDelayMs: first, maxDelayMs: Infinity }).delayMs(failure);
        expect(at('linear', n + 1) - at('linear', n)).toBe(first);
        expect(at('exponential', n + 1)).toBe(2 * at('exponential', n));
        expect(at('fibonacci', n + 2)).toBe(at('fibonacci', n) + at('fibonacci', n + 1));
      }),
    );
  });

  it('full jitter is uniform between nothing and what the strategy says', () => {
    fc.assert(
      fc.property(
        figures,
        fc.constantFrom(...Object.values(RetryStrategy)),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        ({ initialDelayMs, extraMs, failure }, strategy, fraction) => {
          const options = {
            initialDelayMs,
            maxDelayMs: initialDelayMs + extraMs,
            strategy,
            random: () => fraction,
          };
          const whole = new RetryConfig(options).delayMs(failure);
          const jittered = new RetryConfig({ ...options, jitter: 'full' }).delayMs(failure);
          expect(jittered).toBeCloseTo(whole * fraction, 6);
        },
      ),
    );
  });

  it('random is uniform in [first, cap]', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (fraction) => {
        const config = new RetryConfig({ strategy: 'random', maxDelayMs: 3000, random: () => fraction });
        expect(config.delayMs(1)).toBeCloseTo(1000 + 2000 * fraction, 6);
      }),
    );
  });
});
