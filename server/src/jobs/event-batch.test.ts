import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochEnded, finished, logged, started } from '../testing/scripted-agent.ts';
import { newEvents, summarize } from './event-batch.ts';

const journal = Array.from({ length: 20 }, (_, index) => logged(`line ${index + 1}`));

describe('newEvents', () => {
  it('applies each event once and in order, however batches are cut, doubled and reordered', () => {
    const batch = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 60 }), (batches) => {
        let acked = 0;
        const applied: number[] = [];
        for (const [firstSeq, length] of batches) {
          const fresh = newEvents(acked, firstSeq, journal.slice(firstSeq - 1, firstSeq - 1 + length));
          for (const { seq, event } of fresh) {
            expect(event).toEqual(journal[seq - 1]);
            applied.push(seq);
          }
          acked = fresh.at(-1)?.seq ?? acked;
        }
        expect(applied).toEqual(Array.from({ length: acked }, (_, index) => index + 1));
      }),
    );
  });
  it('takes nothing after the end', () => {
    expect(newEvents(0, 1, [started(), finished(), epochEnded(1)]).map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

it('sums up what events say of the job', () => {
  const events = newEvents(0, 1, [
    started(),
    logged('hello'),
    { type: 'progress', at: '2026-01-02T03:04:05.678Z', progress: { done: 1, total: 2, unit: 'bytes' } },
    finished('failed'),
  ]);
  expect(summarize(events)).toMatchObject({
    startedAt: new Date('2026-01-02T03:04:05.678Z'),
    progress: { done: 1 },
    finished: { outcome: 'failed' },
    logs: [{ seq: 2, message: 'hello' }],
  });
});
