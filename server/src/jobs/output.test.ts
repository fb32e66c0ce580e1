import { type JobEvent, LiveMessage, liveSocketPath, routes } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type JobsApp, scriptOrder, startJobsApp } from '../testing/jobs-app.ts';
import { finished, logged, printed, ScriptedAgent, started } from '../testing/scripted-agent.ts';
import type { Assignment } from '../testing/story.ts';
import { mostLogLines } from './retention.ts';

const { jobs } = routes;
let test: JobsApp;
let agent: ScriptedAgent;
beforeAll(async () => {
  test = await startJobsApp({ config: { rateLimitPerMinute: 0 } });
  agent = await ScriptedAgent.connect(test);
});
afterAll(async () => {
  await agent.close();
  await test.close();
});

async function begin(outputLimitBytes = 10_000_000): Promise<Assignment> {
  const order = scriptOrder();
  const payload = { ...order.payload, outputLimitBytes } as typeof order.payload;
  const id = await test.jobs.enqueueAlone({ ...order, payload });
  return agent.next('job.assign', ({ jobId }) => jobId === id);
}
const headers = () => ({ authorization: `Bearer ${test.adminToken}` });
const outputOf = async (id: string, stream = 'stdout', query = '') =>
  (await fetch(`${test.url}/api/v1/jobs/${id}/output/${stream}${query}`, { headers: headers() })).text();

describe('output', () => {
  it('is what was written, whatever the batches, the repeats and the limit', async () => {
    const Writes = fc.array(
      fc.record({
        stream: fc.constantFrom('stdout' as const, 'stderr' as const),
        text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const property = fc.asyncProperty(
      Writes,
      fc.array(fc.nat(50)),
      fc.boolean(),
      async (writes, cuts, isTight) => {
        const limit = isTight ? 200 : 10_000_000;
        const job = await begin(limit);
        const places = { stdout: 0, stderr: 0 };
        const body = writes.map(({ stream, text }) => {
          const place = places[stream];
          places[stream] += Buffer.byteLength(text);
          return printed(stream, place, text);
        });
        const journal: JobEvent[] = [started(), ...body, finished('completed', {}, 0)];
        for (const first of [...cuts.map((cut) => cut % journal.length).toSorted((a, b) => a - b), 0]) {
          agent.events(job, first + 1, journal.slice(first, first + 7));
        }
        for (let first = 0; first < journal.length; first += 5)
          agent.events(job, first + 1, journal.slice(first, first + 8));
        await test.jobs.waitForEnd(job.jobId);
        for (const stream of ['stdout', 'stderr'] as const) {
          const whole = writes.flatMap((write) => (write.stream === stream ? [write.text] : [])).join('');
          const text = await outputOf(job.jobId, stream);
          const [head, tail] = text.split(/\n\[… \d+ bytes are left out here …\]\n/) as [string, string?];
          if (!isTight || tail === undefined) expect(text).toBe(whole);
          else {
            const missing = Number(/… (\d+) bytes/.exec(text)![1]);
            const kept = Buffer.byteLength(head) + Buffer.byteLength(tail);
            expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
            expect(kept + missing).toBe(Buffer.byteLength(whole));
            expect(kept).toBeLessThanOrEqual(limit * 1.5 + 200);
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  }, 60_000);

  it('is bounded, its beginning and its end are kept, and the cut is marked once', async () => {
    const job = await begin(1_000);
    const lines = Array.from({ length: 200 }, (_, index) => `line ${String(index).padStart(4, '0')}\n`);
    const events = lines.map((text, index) => printed('stdout', index * 10, text));
    agent.events(job, 1, [started()]);
    for (let first = 0; first < 200; first += 20)
      agent.events(job, first + 2, events.slice(first, first + 20));
    agent.events(job, 202, [finished('completed', {}, 0)]);
    const { stdout } = await test.jobs.waitForEnd(job.jobId);
    expect(stdout.startsWith(lines.slice(0, 40).join(''))).toBe(true);
    expect(stdout.endsWith(lines.slice(160).join(''))).toBe(true);
    expect(stdout.match(/bytes are left out here/g)).toHaveLength(1);
    expect(Buffer.byteLength(stdout)).toBeLessThan(1_500);
    expect(await test.client(jobs.pieces, { params: { id: job.jobId } })).not.toHaveLength(0);
  });

  it('can be followed until the end', async () => {
    const job = await begin();
    agent.events(job, 1, [started(), printed('stdout', 0, 'one\n')]);
    await agent.acked(job, 2);
    const followed = outputOf(job.jobId, 'stdout', '?follow=true');
    agent.events(job, 3, [printed('stdout', 4, 'two\n'), printed('stderr', 0, 'no\n')]);
    await agent.acked(job, 4);
    agent.events(job, 5, [printed('stdout', 8, 'three\n'), finished('completed')]);
    expect(await followed).toBe('one\ntwo\nthree\n');
  });
});

describe('log lines', () => {
  it('can be followed from any number until the end', async () => {
    const job = await begin();
    agent.events(job, 1, [started(), logged('a'), logged('b')]);
    await agent.acked(job, 3);
    const follow = async (after: number) => {
      const path = `${test.url}/api/v1/jobs/${job.jobId}/logs?follow=true&after=${after}`;
      const text = await (await fetch(path, { headers: headers() })).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).message);
    };
    const followed = Promise.all([follow(0), follow(2)]);
    agent.events(job, 4, [logged('c')]);
    await agent.acked(job, 4);
    agent.events(job, 5, [logged('d'), finished('failed')]);
    expect(await followed).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
  });

  it('are bounded: the first and the last stay, a line says how many went', async () => {
    const job = await begin();
    agent.events(job, 1, [started()]);
    const total = mostLogLines * 1.5;
    for (let first = 0; first < total; first += 500) {
      const lines = Array.from({ length: 500 }, (_, index) => logged(`${first + index}`));
      agent.events(job, first + 2, lines);
      if (first % 5_000 === 0) await agent.acked(job, first + 2);
    }
    agent.events(job, total + 2, [finished('completed')]);
    await test.jobs.waitForEnd(job.jobId);
    const { rows } = await test.database.$client.query(
      'select seq, message from job_logs where job_id = $1 order by seq',
      [job.jobId],
    );
    expect(rows.length).toBeLessThan(mostLogLines * 1.2);
    const mark = rows.findIndex(({ message }) => message.includes('left out'));
    const missing = Number(/(\d+) lines/.exec(rows[mark].message)![1]);
    expect(rows.length - 1 + missing).toBe(total);
    const before = rows.slice(0, mark).map(({ message }) => Number(message));
    const after = rows.slice(mark + 1).map(({ message }) => Number(message));
    expect(before).toEqual(before.map((_, index) => index));
    expect(after).toEqual(after.map((_, index) => total - after.length + index));
  }, 60_000);
});

it('tells watchers of a job its lines, its output and how it stands', async () => {
  const job = await begin();
  const socket = new WebSocket(test.url.replace('http', 'ws') + liveSocketPath);
  const heard: LiveMessage[] = [];
  socket.on('message', (data) => heard.push(LiveMessage.parse(JSON.parse(String(data)))));
  const say = (message: object) => socket.send(JSON.stringify(message));
  await new Promise((resolve) => socket.on('open', resolve));
  say({ type: 'authenticate', access_token: test.adminToken });
  say({ type: 'subscribe', topic: `job:${job.jobId}` });
  await expect.poll(() => heard.at(-1)?.type).toBe('subscribed');
  agent.events(job, 1, [started(), logged('hi'), printed('stdout', 0, 'he'), printed('stdout', 2, 'llo')]);
  agent.events(job, 5, [finished('completed', {}, 0)]);
  await expect.poll(() => heard.at(-1)).toMatchObject({ job: { state: 'completed', exit_code: 0 } });
  expect(heard.find(({ type }) => type === 'job.logs')).toMatchObject({ lines: [{ seq: 2, message: 'hi' }] });
  const pieces = heard.flatMap((message) => (message.type === 'job.output' ? message.pieces : []));
  expect(pieces.map(({ text }) => text).join('')).toBe('hello');
  socket.close();
});
