import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Cgroups } from './jobs/cgroup.ts';
import { findJobProcesses } from './jobs/stop-tree.ts';
import { startAgent } from './testing/agent-process.ts';
import { temporaryFolder } from './testing/folder.ts';
import { ScriptedServer } from './testing/scripted-server.ts';
import { finished, outputOf, scriptPayload } from './testing/scripts.ts';

/** Scripts that do not want to be stopped; each says `ready` when what it does is under way. */
const stubborn: Record<string, string> = {
  forks: '(sleep 300 & sleep 300) & sleep 300 & echo ready; wait',
  'calls setsid': 'setsid sh -c "setsid sleep 300 & sleep 300" & echo ready; sleep 300',
  'forks twice and ends': '(setsid sh -c "sleep 300 & sleep 300" &); echo ready; sleep 300',
  'ignores SIGTERM':
    "trap '' TERM HUP INT; sh -c 'trap \"\" TERM; sleep 300 & wait' & echo ready; while :; do sleep 1; done",
  'sheds environment, session, parent and files':
    '(env -i setsid sh -c "cd /; trap \'\' TERM; sleep 300 & sleep 300" </dev/null >/dev/null 2>&1 &); echo ready; sleep 300',
  'begins processes without end':
    'trap "" TERM; more() { while :; do (setsid sleep 9 &); sleep 0.05; done; }; for i in 1 2 3 4 5 6; do more & done; echo ready; wait',
};

const hasCgroups = Cgroups.find(`a test ${process.pid}`) !== undefined;
const ways = [
  ['in the process table', 'off'],
  [`in cgroups${hasCgroups ? '' : ' (left out: this machine lets nobody make any here)'}`, 'auto'],
] as const;

describe.each(ways)('found %s', (_, HEARTH_CGROUPS) => {
  const isPossible = HEARTH_CGROUPS === 'off' || hasCgroups;

  it('every process of a script is dead 5 s after the order, and only then it counts as stopped', async ({
    skip,
  }) => {
    if (!isPossible) return skip('no cgroups can be made on this machine');
    const server = await ScriptedServer.start();
    startAgent(server, await temporaryFolder(), { HEARTH_CGROUPS });
    await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
    for (const [name, script] of Object.entries(stubborn)) {
      const job = server.assign(
        scriptPayload(server, { run: `#!/bin/bash\n${script}` }, { runtime: { type: 'executable' } }),
      );
      await server.until(() => outputOf(job.events, 'stdout') === 'ready\n');
      await sleep(150);
      const own = findJobProcesses(job.jobId);
      expect(own.length, name).toBeGreaterThan(2);
      const places = own.map(({ pid }) => cgroupOf(pid)).filter((place) => place !== undefined);
      for (const place of places) expect(place.includes('/hearth-'), name).toBe(HEARTH_CGROUPS === 'auto');
      const ordered = performance.now();
      server.cancel(job);
      const end = await server.until(() => finished(job.events));
      // What was alive when the order came, and whatever was begun since, is gone by the time the end is told.
      expect(findJobProcesses(job.jobId), name).toEqual([]);
      expect(
        own.filter(({ pid, startTicks }) => startOf(pid) === startTicks),
        name,
      ).toEqual([]);
      expect(performance.now() - ordered, name).toBeLessThan(5000);
      expect(end, name).toMatchObject({ outcome: 'stopped' });
    }
    expect(server.faults).toEqual([]);
  }, 90_000);

  it('what a script leaves running when it ends is ended too', async ({ skip }) => {
    if (!isPossible) return skip('no cgroups can be made on this machine');
    const server = await ScriptedServer.start();
    startAgent(server, await temporaryFolder(), { HEARTH_CGROUPS });
    await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
    const run = '#!/bin/sh\n(env -i setsid sleep 300 </dev/null >/dev/null 2>&1 &)\nsleep 300 &\necho $!\n';
    const job = server.assign(scriptPayload(server, { run }, { runtime: { type: 'executable' } }));
    expect(await server.until(() => finished(job.events))).toMatchObject({
      outcome: 'completed',
      exitCode: 0,
    });
    expect(findJobProcesses(job.jobId)).toEqual([]);
    expect(startOf(Number(outputOf(job.events, 'stdout')))).toBeUndefined();
  });
});

const read = (pid: number, file: string): string | undefined => {
  try {
    return readFileSync(join('/proc', String(pid), file), 'utf8');
  } catch {
    return undefined;
  }
};
const startOf = (pid: number) => {
  const cells = read(pid, 'stat')?.split(') ').at(-1)?.split(' ');
  return cells?.[0] === 'Z' ? undefined : cells?.[19];
};
const cgroupOf = (pid: number) => read(pid, 'cgroup')?.match(/^0::.*$/m)?.[0];
