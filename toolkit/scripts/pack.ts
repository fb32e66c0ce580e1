import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const room = fileURLToPath(new URL('../', import.meta.url));

interface Manifest {
  private?: boolean;
  devDependencies?: object;
  scripts?: object;
  exports: Record<string, unknown>;
}

/** The manifest as it is published: compiled files instead of sources, nothing that only the repository needs. */
export function publishedManifest(manifest: Manifest): Manifest {
  const { private: _private, devDependencies: _dev, scripts: _scripts, ...rest } = manifest;
  const compiled = (source: string) => source.replace('./src/', './dist/').replace(/\.ts$/, '');
  const exports = Object.entries(manifest.exports).map(([subpath, source]) => {
    const file = compiled(String(source));
    return [subpath, { types: `${file}.d.ts`, default: `${file}.js` }];
  });
  return { ...rest, exports: Object.fromEntries(exports) };
}

/** Compiles the toolkit and packs it into `folder`; returns the path of the tarball. */
export function pack(folder: string): string {
  const staging = mkdtempSync(join(tmpdir(), 'toolkit-pack-'));
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const project = join(room, 'tsconfig.build.json');
    const outDir = join(staging, 'dist');
    execFileSync(process.execPath, [tsc, '-p', project, '--outDir', outDir], { stdio: 'inherit' });
    const manifest = JSON.parse(readFileSync(join(room, 'package.json'), 'utf8')) as Manifest;
    writeFileSync(join(staging, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
    for (const page of ['README.md', 'API.md']) copyFileSync(join(room, page), join(staging, page));
    copyFileSync(join(room, '../LICENSE'), join(staging, 'LICENSE'));
    mkdirSync(folder, { recursive: true });
    const flags = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const [packed] = JSON.parse(execFileSync('npm', flags, { cwd: staging, encoding: 'utf8' })) as [
      { filename: string },
    ];
    return join(folder, packed.filename);
  } finally {
    rmSync(staging, { recursive: true });
  }
}

if (import.meta.main) console.log(pack(resolve(process.argv[2] ?? '.')));
