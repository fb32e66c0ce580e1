import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mostAheadBytes } from './jobs/brake.ts';
import { Cgroups } from './jobs/cgroup.ts';
import { TreePause } from './jobs/pause-tree.ts';
import { findJobProcesses } from './jobs/stop-tree.ts';
import { startAgent } from './testing/agent-process.ts';
import { temporaryFolder } from './testing/folder.ts';
import { ScriptedServer } from './testing/scripted-server.ts';
import { finished, outputOf, scriptPayload } from './testing/scripts.ts';

const hasCgroups = Cgroups.find(`a test ${process.pid}`) !== undefined;
const ways = [
  ['by signals', 'off'],
  [`by its cgroup${hasCgroups ? '' : ' (left out: this machine lets nobody make any here)'}`, 'auto'],
] as const;

/** Two processes write 400 MB between them; one of them is in a session of its own. */
const flood = `#!/bin/bash
echo begin
export write='for i in {1..40}; do yes aaaaaaaaaaaaaaa | head -c 5000000; sleep 0.01; done'
setsid bash -c "$write" & bash -c "$write"
wait
echo
echo end`;

async function onDisk(HEARTH_CGROUPS: string) {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const agent = startAgent(server, home, { HEARTH_CGROUPS });
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  return { server, home, agent };
}

/** An agent under which giving back takes so long that the program stays paused until somebody does something. */
async function onSlowDisk(HEARTH_CGROUPS: string) {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const slow = join(home, 'slow');
  mkdirSync(slow);
  writeFileSync(join(slow, 'fallocate'), '#!/bin/sh\nexec sleep 20');
  chmodSync(join(slow, 'fallocate'), 0o755);
  const agent = startAgent(server, home, { HEARTH_CGROUPS, PATH: `${slow}:${process.env.PATH}` });
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  return { server, home, agent };
}

type Slow = Awaited<ReturnType<typeof onSlowDisk>>;
type Job = ReturnType<ScriptedServer['assign']>;

/** Assigns the job and waits until it has come to a standstill. */
async function paused({ server, home }: Slow, run: string, timeoutMs?: number) {
  const more = { runtime: { type: 'executable' as const }, ...(timeoutMs && { timeoutMs }) };
  const job = server.assign(scriptPayload(server, { run }, more));
  const path = join(home, 'agent/jobs', job.jobId, 'stdout.log');
  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  for (let before = -1; size() < mostAheadBytes / 2 || size() !== before; ) {
    before = size();
    await sleep(300);
    if (finished(job.events)) throw new Error('It ended before it was seen to stand still.');
  }
  expect(size()).toBeLessThan(300_000_000);
  return { job, size, path };
}

describe.each(ways)('held up %s', (_, way) => {
  it('a program that is too far ahead is ended within the time all the same', async ({ skip }) => {
    if (way === 'auto' && !hasCgroups) return skip('no cgroups can be made on this machine');
    const slow = await onSlowDisk(way);
    const { server } = slow;
    const { job } = await paused(slow, flood);
    const before = findJobProcesses(job.jobId);
    expect(before.length).toBeGreaterThan(4);
    expect(areStill(slow.home, job.jobId, way)).toBe(true);
    const ordered = performance.now();
    server.cancel(job);
    expect(await server.until(() => finished(job.events))).toMatchObject({ outcome: 'stopped' });
    expect(performance.now() - ordered).toBeLessThan(5000);
    expect(findJobProcesses(job.jobId)).toEqual([]);

    const stubborn = flood.replace('echo', 'trap "" TERM; echo');
    const timed = await paused(slow, stubborn, 4000);
    expect(areStill(slow.home, timed.job.jobId, way)).toBe(true);
    await expectDeadInTime(server, timed.job, 4000);
    const end = await server.until(() => finished(timed.job.events));
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'job.timeout' } });
    expect(server.faults).toEqual([]);
  }, 60_000);

  it('a program that floods on is dead a second after its time at most', async ({ skip }) => {
    if (way === 'auto' && !hasCgroups) return skip('no cgroups can be made on this machine');
    const { server, home } = await onDisk(way);
    const run = '#!/bin/bash\ntrap "" TERM\nsetsid yes & yes >&2 & yes';
    const payload = scriptPayload(server, { run }, { runtime: { type: 'executable' }, timeoutMs: 2000 });
    const job = server.assign(payload);
    await expectDeadInTime(server, job, 2000);
    for (const stream of ['stdout.log', 'stderr.log']) {
      const size = statSync(join(home, 'agent/jobs', job.jobId, stream), { throwIfNoEntry: false })?.size;
      // Its folder goes when all of it has been told.
      expect(size ?? mostAheadBytes + 1, stream).toBeGreaterThan(mostAheadBytes);
    }
    const end = await server.until(() => finished(job.events));
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'job.timeout' } });
  }, 60_000);

  it('a program whose agent died meanwhile goes on under the next', async ({ skip }) => {
    if (way === 'auto' && !hasCgroups) return skip('no cgroups can be made on this machine');
    const slow = await onSlowDisk(way);
    const { server, home, agent } = slow;
    const { job, size } = await paused(slow, flood);
    const before = size();
    await agent.stop('SIGKILL');
    await sleep(300);
    expect(size()).toBe(before);
    expect(areStill(home, job.jobId, way)).toBe(true);
    startAgent(server, home, { HEARTH_CGROUPS: way });
    expect(await server.until(() => finished(job.events), 60_000)).toMatchObject({ outcome: 'completed' });
    const text = outputOf(job.events, 'stdout');
    expect(text.startsWith('begin\n')).toBe(true);
    expect(text.endsWith('\nend\n')).toBe(true);
    const pieces = job.events.filter((event) => event.type === 'output');
    const bytes = pieces.reduce((sum, piece) => sum + (piece.bytes ?? 0) + (piece.skippedBytes ?? 0), 0);
    expect(bytes).toBe(400_000_000 + 'begin\n\nend\n'.length);
    expect(server.faults).toEqual([]);
  }, 120_000);

  it('what an agent has left at a standstill goes on under the next, however little it wrote', async ({
    skip,
  }) => {
    if (way === 'auto' && !hasCgroups) return skip('no cgroups can be made on this machine');
    const { server, home, agent } = await onDisk(way);
    const run = '#!/bin/bash\nsetsid sh -c "echo begin; sleep 1; echo end"';
    const job = server.assign(scriptPayload(server, { run }, { runtime: { type: 'executable' } }));
    await server.until(() => outputOf(job.events, 'stdout') === 'begin\n');
    await agent.stop('SIGKILL');
    const [first] = findJobProcesses(job.jobId).filter(({ pid, session }) => pid === session);
    const cgroup = way === 'auto' ? cgroupOf(home, job.jobId) : undefined;
    new TreePause({ jobId: job.jobId, root: first?.pid, cgroup }).pause();
    await sleep(1500);
    expect(areStill(home, job.jobId, way)).toBe(true);
    startAgent(server, home, { HEARTH_CGROUPS: way });
    expect(await server.until(() => finished(job.events))).toMatchObject({ outcome: 'completed' });
    expect(outputOf(job.events, 'stdout')).toBe('begin\nend\n');
  }, 60_000);
});

it('what a program leaves behind does not fill the disk while it is asked to end', async () => {
  const { server, home } = await onDisk('auto');
  const run = '#!/bin/bash\n(trap "" TERM; exec yes) &\nexit 0';
  const job = server.assign(scriptPayload(server, { run }, { runtime: { type: 'executable' } }));
  const path = join(home, 'agent/jobs', job.jobId, 'stdout.log');
  let [most, written] = [0, 0];
  const watch = setInterval(() => {
    const { size = 0, blocks = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    [most, written] = [Math.max(most, blocks * 512), Math.max(written, size)];
  }, 20);
  expect(await server.until(() => finished(job.events))).toMatchObject({ outcome: 'completed' });
  clearInterval(watch);
  expect(findJobProcesses(job.jobId)).toEqual([]);
  expect(written).toBeGreaterThan(most);
  expect(most).toBeLessThan(300_000_000);
}, 60_000);

/** Its processes live until its time is over, and a second later none does. */
async function expectDeadInTime(server: ScriptedServer, job: Job, timeoutMs: number): Promise<void> {
  const begun = await server.until(() => job.events.find(({ type }) => type === 'started'));
  const limit = Date.parse(begun.at) + timeoutMs;
  await sleep(limit - Date.now() - 200);
  let [seenMs, goneMs] = [0, 0];
  while (goneMs === 0) {
    const lookMs = Date.now();
    if (findJobProcesses(job.jobId).length > 0) seenMs = lookMs;
    else goneMs = Date.now();
    await sleep(20);
  }
  expect(seenMs - limit).toBeGreaterThan(-100);
  expect(goneMs - limit).toBeLessThan(1000);
}

/** Are all of its processes still, each by itself or the cgroup that holds them? */
function areStill(home: string, jobId: string, way: 'off' | 'auto'): boolean {
  const pids = findJobProcesses(jobId).map(({ pid }) => pid);
  if (way === 'off') return pids.every((pid) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
  const cgroup = cgroupOf(home, jobId);
  const inside = readFileSync(join(cgroup, 'cgroup.procs'), 'latin1').split('\n').map(Number);
  const isFrozen = /^frozen 1$/m.test(readFileSync(join(cgroup, 'cgroup.events'), 'latin1'));
  return isFrozen && pids.every((pid) => inside.includes(pid));
}

const cgroupOf = (home: string, jobId: string): string =>
  JSON.parse(readFileSync(join(home, 'agent/jobs', jobId, 'process.json'), 'utf8')).cgroup;
