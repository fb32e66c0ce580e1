import { type MetricValue, routes, type TrainingMetrics } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyPieces, openStage, type Stage, tell } from '../testing/property-stage.ts';
import { epochEnded, measured, started } from '../testing/scripted-agent.ts';

const { training } = routes;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const historyOf = (session_id: string) => stage.test.client(training.history, { params: { session_id } });
const newestOf = (session_id: string) => stage.test.client(training.metrics, { params: { session_id } });

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const anyValue: fc.Arbitrary<MetricValue> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1, max: 2, noNaN: true }) },
  { weight: 1, arbitrary: finite },
  { weight: 1, arbitrary: fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const) },
);
const numberOr = (value: MetricValue | undefined) => (typeof value === 'number' ? value : null);
/** A value outside 0..1 is no accuracy. */
const shareOr = (value: MetricValue | undefined) => {
  const number = numberOr(value);
  return number !== null && number >= 0 && number <= 1 ? number : null;
};

describe('metrics', () => {
  it('P7: the history has each epoch once and ascending, however often and in what pieces it was told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), anyPieces, async (epochs, pieces) => {
        const { session_id, job } = await stage.begin();
        const rows = Array.from({ length: epochs }, (_, index) => epochEnded(index + 1));
        await tell(stage.agent, job, [started(), ...rows], pieces);
        const history = await historyOf(session_id);
        expect(history.map(({ epoch }) => epoch)).toEqual(rows.map((_, index) => index + 1));
        expect(history.every((row) => row.session_id === session_id)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("P8: after every epoch `metrics` is the history's last row, and null before the first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), async (epochs) => {
        const { session_id, job } = await stage.begin();
        const told = [started()];
        await tell(stage.agent, job, told);
        expect(await newestOf(session_id)).toBeNull();
        for (let epoch = 1; epoch <= epochs; epoch += 1) {
          stage.agent.events(job, epoch + 1, [epochEnded(epoch)]);
          await stage.agent.next('job.ack', (ack) => ack.jobId === job.jobId && ack.seq > epoch, 10_000);
          const newest: TrainingMetrics | null = await newestOf(session_id);
          expect(newest?.epoch).toBe(epoch);
          expect(newest).toEqual((await historyOf(session_id)).at(-1));
        }
      }),
      { numRuns: 8 },
    );
  });

  it('P9: a row holds the very numbers that were told; what is no number, or no fraction, is null', async () => {
    const anyRow = fc.record(
      { loss: finite, accuracy: anyValue, val_loss: anyValue, val_accuracy: anyValue },
      { requiredKeys: ['loss'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 6 }), anyPieces, async (rows, pieces) => {
        const { session_id, job } = await stage.begin();
        const events = rows.map((row, index) => measured(index + 1, row));
        await tell(stage.agent, job, [started(), ...events], pieces);
        const told = rows.map((row, index) => ({
          epoch: index + 1,
          loss: row.loss,
          accuracy: shareOr(row.accuracy),
          val_loss: numberOr(row.val_loss),
          val_accuracy: shareOr(row.val_accuracy),
        }));
        const history = await historyOf(session_id);
        expect(history.map(({ session_id: _, timestamp: __, ...row }) => withoutMinusZero(row))).toEqual(
          told.map(withoutMinusZero),
        );
      }),
      { numRuns: 25 },
    );
  });
});

/** JSON writes -0 as 0. */
const withoutMinusZero = <T extends Record<string, number | null | undefined>>(row: T) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === 0 ? 0 : (value ?? null)]));
