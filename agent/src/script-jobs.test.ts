import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent, ScriptPayload } from '@hearth/contract';
import { expect, it } from 'vitest';
import { findJobProcesses } from './jobs/stop-tree.ts';
import { startAgent } from './testing/agent-process.ts';
import { temporaryFolder } from './testing/folder.ts';
import { ScriptedServer } from './testing/scripted-server.ts';
import { finished, outputOf, scriptPayload } from './testing/scripts.ts';

async function ready(env: NodeJS.ProcessEnv = {}) {
  const server = await ScriptedServer.start();
  const home = await temporaryFolder();
  const agent = startAgent(server, home, env);
  await server.until(() => server.heard.some((message) => message.type === 'heartbeat'));
  return { server, home, agent };
}

it('runs Python, Node and executables, and tells how they ended and what they wrote', async () => {
  const { server, home } = await ready();
  const python = server.assign(
    scriptPayload(
      server,
      {
        'say it.py':
          'import sys, helper\nprint(helper.word, *sys.argv[1:])\nprint("ой", file=sys.stderr)\nsys.exit(3)\n',
        'helper.py': 'word = "hello"\n',
      },
      { args: ['a b', '-x', '$(touch /tmp/never); `id`', "it's"] },
    ),
  );
  const end = await server.until(() => finished(python.events));
  expect(end).toMatchObject({ outcome: 'failed', exitCode: 3, error: { code: 'job.failed' } });
  expect(end.error?.message).toMatch(/ended with code 3\. Its last words: ой$/);
  expect(outputOf(python.events, 'stdout')).toBe("hello a b -x $(touch /tmp/never); `id` it's\n");
  expect(outputOf(python.events, 'stderr')).toBe('ой\n');
  expect(python.events[0]).toMatchObject({ type: 'started' });

  const node = server.assign(
    scriptPayload(
      server,
      { 'sub dir/-x.ts': 'const n: number = 2;\nconsole.log(process.cwd(), n);' },
      {
        runtime: { type: 'node' },
        workingDirectory: 'sub dir',
      },
    ),
  );
  expect(await server.until(() => finished(node.events))).toMatchObject({
    outcome: 'completed',
    exitCode: 0,
  });
  expect(outputOf(node.events, 'stdout')).toMatch(/\/sub dir 2\n$/);

  const shell = server.assign(
    scriptPayload(
      server,
      { '-run me': '#!/bin/sh\necho "$1"; cat; exit 0' },
      {
        runtime: { type: 'executable' },
        args: ['--help'],
      },
    ),
  );
  expect(await server.until(() => finished(shell.events))).toMatchObject({ outcome: 'completed' });
  expect(outputOf(shell.events, 'stdout')).toBe('--help\n');
  await server.until(() => !existsSync(join(home, 'agent/jobs', shell.jobId)));
  expect(server.faults).toEqual([]);
}, 60_000);

it('goes on after kill -9 of the agent: output, exit code and end intact, nothing twice', async () => {
  const { server, home, agent } = await ready();
  const run = `import sys, time
for i in range(60):
    print(f'line {i} ой', flush=True)
    time.sleep(0.05)
print('bye', file=sys.stderr)
sys.exit(9)`;
  const running = server.assign(scriptPayload(server, { run }));
  const ending = server.assign(scriptPayload(server, { run: run.replace('60', '20') }));
  await server.until(() => outputOf(running.events, 'stdout').includes('line 8'));
  expect(finished(ending.events)).toBeUndefined();
  await agent.stop('SIGKILL');
  // The shorter one ends while no agent is there to see it.
  await sleep(1500);
  expect(findJobProcesses(ending.jobId)).toEqual([]);
  expect(findJobProcesses(running.jobId).length).toBeGreaterThan(0);
  startAgent(server, home);
  for (const [job, lines] of [
    [running, 60],
    [ending, 20],
  ] as const) {
    const end = await server.until(() => finished(job.events));
    expect(end).toMatchObject({ outcome: 'failed', exitCode: 9 });
    const all = Array.from({ length: lines }, (_, i) => `line ${i} ой\n`).join('');
    expect(outputOf(job.events, 'stdout')).toBe(all);
    expect(outputOf(job.events, 'stderr')).toBe('bye\n');
    expect(job.events.filter(({ type }) => type === 'started')).toHaveLength(1);
  }
  expect(server.faults).toEqual([]);
}, 60_000);

it('kills what has had its time, at most a second late, also when the agent was not there', async () => {
  const { server, home, agent } = await ready();
  const run = '#!/bin/bash\ntrap "" TERM\n(env -i setsid sleep 300 &)\necho ready\nwhile :; do sleep 1; done';
  const payload = scriptPayload(server, { run }, { runtime: { type: 'executable' }, timeoutMs: 1500 });
  const job = server.assign(payload);
  const lateMs = (events: JobEvent[]) => {
    const [begun, end] = [events.find(({ type }) => type === 'started'), finished(events)];
    return Date.parse(end?.at ?? '') - Date.parse(begun?.at ?? '') - 1500;
  };
  const end = await server.until(() => finished(job.events));
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'job.timeout' } });
  expect(end.exitCode ?? null).toBeNull();
  expect(lateMs(job.events)).toBeGreaterThanOrEqual(0);
  expect(lateMs(job.events)).toBeLessThan(1000);
  expect(findJobProcesses(job.jobId)).toEqual([]);

  const other = server.assign({ ...payload, timeoutMs: 3000 });
  await server.until(() => outputOf(other.events, 'stdout') === 'ready\n');
  await agent.stop('SIGKILL');
  startAgent(server, home);
  expect(await server.until(() => finished(other.events))).toMatchObject({ error: { code: 'job.timeout' } });
  expect(lateMs(other.events) - 1500).toBeLessThan(1000);
  expect(findJobProcesses(other.jobId)).toEqual([]);
}, 60_000);

it('caps what a program prints: head and tail told, the cut marked, the disk spared', async () => {
  const { server, home } = await ready();
  const run = `import sys
sys.stdout.write('the head\\n')
block = 'ж' * 500_000
for i in range(1000): sys.stdout.write(block)
sys.stdout.write('\\nthe tail')`;
  const job = server.assign(scriptPayload(server, { run }));
  const path = join(home, 'agent/jobs', job.jobId, 'stdout.log');
  let mostOnDisk = 0;
  const watch = setInterval(() => {
    const { blocks = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    mostOnDisk = Math.max(mostOnDisk, blocks * 512);
  }, 20);
  const end = await server.until(() => finished(job.events), 60_000);
  clearInterval(watch);
  expect(end).toMatchObject({ outcome: 'completed' });
  const text = outputOf(job.events, 'stdout');
  expect(text.startsWith('the head\nжж')).toBe(true);
  expect(text.endsWith('жж\nthe tail')).toBe(true);
  expect(text).not.toContain('\uFFFD');
  const pieces = job.events.filter((event) => event.type === 'output');
  const told = pieces.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const skipped = pieces.flatMap(({ skippedBytes }) => skippedBytes ?? []);
  expect(told).toBeGreaterThan(9_999_990);
  expect(told).toBeLessThanOrEqual(10_000_000);
  expect(skipped).toEqual([1_000_000_018 - told]);
  expect(mostOnDisk).toBeGreaterThan(0);
  expect(mostOnDisk).toBeLessThan(300_000_000);
}, 120_000);

it('gives programs what they need of the environment, and none of the agent’s secrets', async () => {
  const { server } = await ready({ HF_TOKEN: 'secret', API_KEYS: 'secret', TZ: 'Asia/Tokyo' });
  const run = 'import json, os\nprint(json.dumps(dict(os.environ)))';
  const own = { MODE: 'batch', HEARTH_JOB_ID: 'a lie', PYTHONUNBUFFERED: '' };
  const gang = { id: randomUUID(), rank: 1, size: 2, masterAddress: '10.0.0.1', masterPort: 29500 };
  const payload = scriptPayload(server, { run }, { environment: own });
  const job = server.assign(payload, { gpus: [2, 0], gang });
  expect(await server.until(() => finished(job.events))).toMatchObject({ outcome: 'completed' });
  const given = JSON.parse(outputOf(job.events, 'stdout'));
  expect(given).toMatchObject({
    MODE: 'batch',
    TZ: 'Asia/Tokyo',
    HEARTH_JOB_ID: job.jobId,
    HEARTH_URL: server.url,
    HEARTH_JOB_TOKEN: job.token,
    CUDA_VISIBLE_DEVICES: '2,0',
    MASTER_ADDR: '10.0.0.1',
    MASTER_PORT: '29500',
    NODE_RANK: '1',
    NNODES: '2',
  });
  expect(Object.values(given)).not.toContain('secret');
  expect(given.PATH).toBe(process.env.PATH);
  expect(
    Object.keys(given).filter((name) => /^(HEARTH_(HOME|SERVER_URL|NODE_INVITATION|ORDER))$/.test(name)),
  ).toEqual([]);
});

it('removes code that was long not used when it starts, but not that of a job at work', async () => {
  const { server, home, agent } = await ready();
  const files = {
    'run.py': 'import time\nprint("begun", flush=True)\ntime.sleep(2)\nimport late\n',
    'late.py': 'print("and found the rest")',
  };
  const payload = scriptPayload(server, files);
  const job = server.assign(payload);
  await server.until(() => outputOf(job.events, 'stdout') === 'begun\n');
  await agent.stop('SIGKILL');
  const code = join(home, 'agent/cache/code');
  const [used, unused] = [join(code, payload.program.code.digest), join(code, '0'.repeat(64))];
  mkdirSync(unused);
  for (const path of [used, unused]) utimesSync(path, 1, 1);
  startAgent(server, home);
  expect(await server.until(() => finished(job.events))).toMatchObject({ outcome: 'completed' });
  expect(outputOf(job.events, 'stdout')).toBe('begun\nand found the rest\n');
  expect(existsSync(unused)).toBe(false);
});

it('says what is wrong with a program it cannot begin', async () => {
  const { server } = await ready();
  const ended = async (payload: ScriptPayload) => {
    const job = server.assign(payload);
    return server.until(() => finished(job.events));
  };
  const files = { 'a.py': 'print(1)' };
  const wrong: [Parameters<typeof scriptPayload>[2], RegExp][] = [
    [{ entry: 'b.py' }, /"b.py" is no file/],
    [{ entry: '../a.py' }, /no file/],
    [{ workingDirectory: '../..' }, /no file/],
    [{ workingDirectory: 'sub' }, /"sub" is no folder/],
    [{ args: ['a\0b'] }, /NUL/],
    [{ environment: { 'A B': '' } }, /no name/],
  ];
  for (const [more, words] of wrong)
    expect(await ended(scriptPayload(server, files, more))).toMatchObject({
      outcome: 'failed',
      error: { code: 'job.bad_program', message: expect.stringMatching(words) },
    });
  const unknown = scriptPayload(server, { 'never-seen.py': 'print(2)' });
  server.blobs.clear();
  const end = await ended(unknown);
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'job.download_failed' } });
}, 60_000);
