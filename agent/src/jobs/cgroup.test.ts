import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Cgroups, findOwnCgroup, isPopulated, killCgroup, processesIn, remove } from './cgroup.ts';
import { standby } from './start-order.ts';

const mount = (root: string, point: string) =>
  `24 1 0:22 / /sys rw - sysfs sysfs rw\n30 24 0:27 ${root} ${point} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n`;

it('finds its own place in the tree', () => {
  const v2 = mount('/', '/sys/fs/cgroup');
  expect(findOwnCgroup(v2, '0::/system.slice/hearth.service\n')).toBe(
    '/sys/fs/cgroup/system.slice/hearth.service',
  );
  const hybrid = mount('/', '/sys/fs/cgroup/unified');
  expect(findOwnCgroup(hybrid, '4:memory:/x\n1:name=systemd:/y\n0::/\n')).toBe('/sys/fs/cgroup/unified');
  const container = mount('/docker/abc', '/sys/fs/cgroup');
  expect(findOwnCgroup(container, '0::/docker/abc/inner\n')).toBe('/sys/fs/cgroup/inner');
  expect(findOwnCgroup('24 1 0:22 / /sys rw - sysfs sysfs rw\n', '4:memory:/x\n')).toBeUndefined();
  expect(findOwnCgroup(v2, '4:memory:/x\n')).toBeUndefined();
});

const cgroups = Cgroups.find(`a test ${process.pid}`);
const reason = 'no cgroup tree of version 2 in which this process may make cgroups';
it(`kills all that is in a cgroup${cgroups ? '' : ` (left out: ${reason})`}`, async ({ skip }) => {
  if (!cgroups) return skip(reason);
  const path = cgroups.create() ?? '';
  onTestFinished(() => void remove(path));
  expect(cgroups.create()).not.toBe(path);
  const script = 'echo 0 >"$1/cgroup.procs"; trap "" TERM; env -i setsid sleep 60 & echo in; wait';
  const child = spawn('/bin/sh', ['-c', script, 'sh', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  expect(isPopulated(path)).toBe(true);
  expect(processesIn(path)).toContain(child.pid);
  killCgroup(path);
  await once(child, 'exit');
  while (isPopulated(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(remove(path)).toBe(true);
  expect(existsSync(path)).toBe(false);
});

it(`leaves no cgroup behind when the agent dies while one stands by${cgroups ? '' : ` (left out: ${reason})`}`, async ({
  skip,
}) => {
  if (!cgroups) return skip(reason);
  const path = cgroups.create() ?? '';
  const child = spawn('/bin/sh', ['-c', standby, 'sh', path], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  while (!isPopulated(path)) await sleep(5);
  child.stdin.destroy();
  await once(child, 'exit');
  expect(existsSync(path)).toBe(false);
});
