import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AgentMessage, JobEvent } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { openJournal } from './journal.ts';
import { Outbox } from './outbox.ts';

type Batch = Extract<AgentMessage, { type: 'job.events' }>;
const at = '2026-01-01T00:00:00.000Z';

/** A journal, its outbox, a line that can lose what is on it, and a server that applies as the real one does. */
async function setUp() {
  const path = join(await temporaryFolder(), `${randomUUID()}.jsonl`);
  const journal = openJournal(path);
  const line: Batch[] = [];
  const applied: JobEvent[] = [];
  let appended = 0;
  let mostUnderWay = 0;
  const outbox = new Outbox({
    jobId: randomUUID(),
    leaseId: randomUUID(),
    journal: path,
    send: (message) => {
      if (message.type === 'job.events') line.push(message);
      const last = line.at(-1);
      if (last)
        mostUnderWay = Math.max(mostUnderWay, last.firstSeq + last.events.length - 1 - applied.length);
      return true;
    },
  });
  outbox.resume(0);
  return {
    outbox,
    line,
    applied,
    mostUnderWay: () => mostUnderWay,
    append(count: number) {
      for (let i = 0; i < count; i += 1) {
        appended += 1;
        journal.append({ type: 'log', at, level: 'INFO', message: String(appended) });
      }
    },
    finish: () => journal.append({ type: 'finished', at, outcome: 'completed' }),
    /** The server gets one message; its acknowledgement may be lost. */
    deliver(isAckLost: boolean) {
      const batch = line.shift();
      if (!batch) return;
      if (batch.firstSeq <= applied.length + 1)
        applied.push(...batch.events.slice(applied.length + 1 - batch.firstSeq));
      if (!isAckLost) outbox.acknowledge(applied.length);
    },
    cut() {
      outbox.pause();
      line.length = 0;
    },
  };
}

const messages = (events: JobEvent[]) => events.flatMap((e) => (e.type === 'log' ? [Number(e.message)] : []));

it('brings every event over once and in order, through cuts and lost acknowledgements', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ do: fc.constant('pump' as const) }),
    fc.record({ do: fc.constant('deliver' as const), isAckLost: fc.boolean() }),
    fc.record({ do: fc.constant('cut' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const post = await setUp();
      for (const one of steps) {
        if (one.do === 'append') post.append(one.count);
        else if (one.do === 'pump') await post.outbox.pump();
        else if (one.do === 'deliver') post.deliver(one.isAckLost);
        else {
          post.cut();
          post.outbox.resume(post.applied.length);
        }
      }
      post.finish();
      post.cut();
      post.outbox.resume(post.applied.length);
      expect(post.outbox.isDelivered && post.applied.at(-1)?.type !== 'finished').toBe(false);
      while (!post.outbox.isDelivered) {
        await post.outbox.pump();
        post.deliver(false);
      }
      const total = post.applied.length - 1;
      expect(messages(post.applied)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
      expect(post.applied.at(-1)?.type).toBe('finished');
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('keeps a large backlog on the disk: only so much is under way', async () => {
  const post = await setUp();
  post.append(20_000);
  post.finish();
  while (!post.outbox.isDelivered) {
    await post.outbox.pump();
    post.deliver(false);
  }
  expect(post.applied).toHaveLength(20_001);
  expect(post.mostUnderWay()).toBeLessThanOrEqual(1200);
}, 60_000);

it('sends nothing while there is no line', async () => {
  const post = await setUp();
  post.append(5);
  post.outbox.pause();
  await post.outbox.pump();
  expect(post.line).toEqual([]);
});
