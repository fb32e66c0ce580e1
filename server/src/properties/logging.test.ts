import { type JobEvent, LogLevel, routes, Timestamp } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storable } from '../platform/storable.ts';
import { anyPieces, anyText, openStage, type Stage, tell } from '../testing/property-stage.ts';
import { finished, logged, started } from '../testing/scripted-agent.ts';

const { training } = routes;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const logsOf = (session_id: string, limit = 1000) =>
  stage.test.client(training.logs, { params: { session_id }, query: { limit } });
const messages = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);
const anyMoment = fc
  .integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) })
  .map((ms) => new Date(ms).toISOString());
const anyLine = fc.record({
  type: fc.constant('log' as const),
  at: anyMoment,
  level: fc.constantFrom(...LogLevel.options),
  message: anyText,
});

async function runWith(events: JobEvent[], pieces = [] as { size: number; back: number }[]) {
  const { session_id, job } = await stage.begin();
  await tell(stage.agent, job, [started(), ...events], pieces);
  return { session_id, job };
}

describe('logs', () => {
  it('P21: lines stand in the order in which the program wrote them, whatever their clocks say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMoment, { minLength: 1, maxLength: 10 }), async (moments) => {
        const lines = moments.map((at, index) => ({ ...logged(`line ${index}`), at }));
        const { session_id } = await runWith(lines);
        expect((await logsOf(session_id)).map(({ message }) => message)).toEqual(messages(moments.length));
      }),
      { numRuns: 15 },
    );
  });

  it('P22: a limit of N gives the newest N, the oldest of them first', async () => {
    const limits = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.nat(120), limits, async (count, asked) => {
        const { session_id } = await runWith(messages(count).map(logged));
        for (const limit of asked) {
          const lines = await logsOf(session_id, limit);
          expect(lines.map(({ message }) => message)).toEqual(messages(count).slice(-limit));
        }
        const usual = await stage.test.client(training.logs, { params: { session_id } });
        expect(usual).toHaveLength(Math.min(100, count));
      }),
      { numRuns: 12 },
    );
  });

  it('P23: a line has the session, the time and the level that it was written with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 8 }), async (lines) => {
        const { session_id } = await runWith(lines);
        const found = await logsOf(session_id);
        expect(found.map(({ level, timestamp }) => ({ level, at: timestamp }))).toEqual(
          lines.map(({ level, at }) => ({ level, at })),
        );
        for (const line of found) {
          expect(line.session_id).toBe(session_id);
          expect(Timestamp.safeParse(line.timestamp).success).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('P24: a line told again is not written again, and none is lost: two runs at once, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.nat(20), anyPieces, anyPieces, async (a, b, some, others) => {
        const two = [
          { count: a, pieces: some },
          { count: b, pieces: others },
        ];
        const ids = await Promise.all(
          two.map(({ count, pieces }) => runWith(messages(count).map(logged), pieces)),
        );
        for (const [index, { count }] of two.entries()) {
          const lines = await logsOf(ids[index]!.session_id);
          expect(lines.map(({ message }) => message)).toEqual(messages(count));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('P25: any text comes back as it was written, and stays when the run has ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 6 }), async (texts) => {
        const { session_id, job } = await runWith(texts.map(logged));
        // NUL and half a surrogate pair, which no database text can hold, are shown as U+FFFD.
        const shown = texts.map(storable);
        expect((await logsOf(session_id)).map(({ message }) => message)).toEqual(shown);
        stage.agent.events(job, texts.length + 2, [finished('failed')]);
        await stage.agent.next('job.ack', (ack) => ack.jobId === job.jobId && ack.seq > texts.length + 1);
        expect((await logsOf(session_id)).map(({ message }) => message)).toEqual(shown);
      }),
      { numRuns: 20 },
    );
  });
});
