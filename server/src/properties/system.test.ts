import { routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
let now = Date.now();
/** A key of the settings never expires, however far the clock is put forward. */
const key = crypto.randomUUID();
beforeAll(async () => {
  const config = { rateLimitPerMinute: 0, apiKeys: [key] };
  test = await startTestApp({ clock: () => new Date(now), config });
});
afterAll(() => test.close());
const read = () => test.clientOf(key)(routes.system.info, {});

describe('the system monitor', () => {
  it('P10: an answer is at most five seconds old, and the same one within them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7_000 }), { maxLength: 6 }), async (waits) => {
        now += 60_000;
        let last = await read();
        for (const wait of waits) {
          now += wait;
          const next = await read();
          const age = now - Date.parse(last.timestamp);
          if (age < 5_000) expect(next).toEqual(last);
          if (age > 5_000) expect(Date.parse(next.timestamp)).toBe(now);
          expect(now - Date.parse(next.timestamp)).toBeLessThanOrEqual(5_000);
          last = next;
        }
      }),
      { numRuns: 12 },
    );
  });

  it('P11: figures of any moment are in their bounds and fit together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5_001, max: 100_000 }), async (wait) => {
        now += wait;
        const info = await read();
        for (const percent of [info.cpu_usage_percent, info.memory_percent]) {
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
        }
        expect(info.memory_used_mb).toBeGreaterThan(0);
        expect(info.memory_used_mb).toBeLessThanOrEqual(info.memory_total_mb);
        expect(info.memory_percent).toBeCloseTo((100 * info.memory_used_mb) / info.memory_total_mb, 0);
        expect(info.disk_free_gb).toBeGreaterThanOrEqual(0);
        expect(info.disk_free_gb).toBeLessThanOrEqual(info.disk_total_gb);
        const gpu = [info.gpu_memory_used_mb, info.gpu_memory_total_mb];
        expect(gpu.every((figure) => typeof figure === 'number')).toBe(info.gpu_available);
      }),
      { numRuns: 10 },
    );
  });
});
