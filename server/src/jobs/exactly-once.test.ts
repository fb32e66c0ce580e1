import { once } from 'node:events';
import { type JobEvent, routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Credentials,
  enrol,
  epochEnded,
  finished,
  logged,
  ScriptedAgent,
  started,
  stepDone,
} from '../testing/scripted-agent.ts';
import { type Assignment, startRun, uploadDataset } from '../testing/story.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';

const { training, jobs, tracking } = routes;
let test: TestApp;
let credentials: Credentials;
beforeAll(async () => {
  test = await startTestApp();
  credentials = await enrol(test);
  await uploadDataset(test, 'flowers');
});
afterAll(() => test.close());

const epochs = 4;
const body: JobEvent[] = [
  started(),
  ...Array.from({ length: epochs }, (_, index) => index + 1).flatMap((epoch) => [
    logged(`epoch ${epoch} begins`),
    stepDone(2 * epoch),
    stepDone(2 * epoch + 1),
    epochEnded(epoch),
  ]),
];
const journal: JobEvent[] = [...body, finished('failed')];

/**
 * What a bad network does: stretches of the journal in any order, any number of times, with cuts between. The end is
 * kept back, so that there is a running job to trouble.
 */
const Trouble = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        first: fc.integer({ min: 1, max: body.length }),
        length: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
  ),
  { minLength: 5, maxLength: 25 },
);

async function deliver(trouble: ('cut' | { first: number; length: number })[]): Promise<Assignment> {
  let agent = await ScriptedAgent.connect(test, credentials);
  const job = await agent.next('job.assign');
  const held = { jobs: [{ jobId: job.jobId, leaseId: job.leaseId }] };
  for (const step of trouble) {
    if (step === 'cut') agent = await agent.reconnect(held);
    else agent.events(job, step.first, body.slice(step.first - 1, step.first - 1 + step.length));
  }
  agent = await agent.reconnect(held);
  for (let first = 1; first <= journal.length; first += 5) {
    agent.events(job, first, journal.slice(first - 1, first + 4));
    agent.events(job, first, journal.slice(first - 1, first + 4));
  }
  await agent.acked(job, journal.length);
  await agent.close();
  return job;
}

it('gives the same rows once, whatever is doubled, reordered, lost or cut', async () => {
  await fc.assert(
    fc.asyncProperty(Trouble, async (trouble) => {
      const { session_id } = await startRun(test, { epochs });
      const job = await deliver(trouble);
      const params = { session_id };
      const history = await test.client(training.history, { params });
      expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
      const lines = await test.client(jobs.logs, { params: { id: job.jobId }, query: { limit: 1000 } });
      expect(lines.map(({ seq, message }) => [seq, message])).toEqual(
        journal.flatMap((event, index) => (event.type === 'log' ? [[index + 1, event.message]] : [])),
      );
      const { run_id } = await test.client(training.run, { params });
      const query = { key: 'step_loss' };
      const { points } = await test.client(tracking.points, { params: { run_id }, query });
      expect(points.map(({ step }) => step)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      const run = await test.client(training.run, { params });
      expect(run).toMatchObject({ status: 'failed', current_epoch: 4, error_message: null });
    }),
    { numRuns: 15 },
  );
});

it('keeps a run whose news the database has no space for, and takes them when it has', async () => {
  const query = (text: string) => test.database.$client.query(text);
  await query(`create function no_space() returns trigger language plpgsql as
    $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`);
  await query('create trigger full_disk before insert on metric_chunks execute function no_space()');
  const { session_id } = await startRun(test, { epochs });
  const agent = await ScriptedAgent.connect(test, credentials);
  const job = await agent.next('job.assign');
  agent.events(job, 1, journal);
  await once(agent.socket, 'close');
  expect(await test.client(training.run, { params: { session_id } })).toMatchObject({ current_epoch: null });
  await query('drop trigger full_disk on metric_chunks');
  const again = await agent.reconnect({ jobs: [{ jobId: job.jobId, leaseId: job.leaseId }] });
  again.events(job, 1, journal);
  await again.acked(job, journal.length);
  const history = await test.client(training.history, { params: { session_id } });
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  await again.close();
});
