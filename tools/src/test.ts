import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPeers } from './peers/peers.ts';
import { root } from './root.ts';
import { runStep, stepLine } from './run-step.ts';
import { type IstanbulFile, lineShare, type V8Script } from './test/child-coverage.ts';
import { coverageByRoom, coverageFloor, tally, type VitestReport } from './test/report.ts';

/** `npm test`: checks, builds, runs every test of every room, and ends with one line of counts. */
const inCi = process.env.CI === 'true';
const node = process.execPath;
const live = { cwd: root, live: true };
const totals = { passed: 0, failed: 0 };
const count = (name: string, ok: boolean) => {
  totals[ok ? 'passed' : 'failed']++;
  if (!ok) console.log(`✗ ${name}`);
};

if (inCi && missingPeers().length > 0) await runStep('peers', node, ['tools/src/peers.ts'], live);

const check = await runStep('check', node, ['tools/src/check.ts'], live);
count('npm run check', check.ok);

const build = await runStep('build the web app', node, ['node_modules/vite/bin/vite.js', 'build', 'web'], {
  cwd: root,
});
if (!build.ok) console.log(build.output);
console.log(stepLine(build));
count('build of the web app', build.ok);

rmSync(join(root, 'coverage'), { recursive: true, force: true });
const read = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T;
const leftOut: string[] = [];

/** One run of the test runner; its counts are added up. */
async function run(name: string, args: string[]): Promise<void> {
  const report = join(root, 'coverage', `${name}.json`);
  const vitest = [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
  ];
  const tests = await runStep(name, node, [...vitest, `--outputFile.json=${report}`, ...args], live);
  console.log(`\n${stepLine(tests)}`);
  const result = tally(read<VitestReport>(report));
  totals.passed += result.passed;
  totals.failed += result.failed;
  leftOut.push(...result.leftOut);
  if (!tests.ok && result.failed === 0) count(`${name} ended with an error outside any test`, false);
}

/** What the processes that tests started have run, by path; torn files of killed ones are passed over. */
function scriptsElsewhere(): Map<string, V8Script[]> {
  const folder = join(root, 'coverage', 'processes');
  const scripts = new Map<string, V8Script[]>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const text = readFileSync(join(folder, name), 'utf8');
    if (!text.endsWith('}')) continue;
    for (const script of (JSON.parse(text) as { result: V8Script[] }).result) {
      if (!script.url.startsWith(`file://${root}`)) continue;
      const path = fileURLToPath(script.url);
      scripts.set(path, [...(scripts.get(path) ?? []), script]);
    }
  }
  return scripts;
}

function judgeCoverage(): void {
  const elsewhere = scriptsElsewhere();
  const files = Object.entries(
    read<Record<string, IstanbulFile>>(join(root, 'coverage', 'coverage-final.json')),
  );
  const shares = files.map(([path, file]): [string, { total: number; covered: number }] => [
    path,
    lineShare(file, readFileSync(path, 'utf8'), elsewhere.get(path) ?? []),
  ]);
  for (const [room, share] of coverageByRoom(shares, root)) {
    const floor = coverageFloor[room]!;
    console.log(
      `lines covered in ${room.padEnd(9)} ${(share * 100).toFixed(1)} % (at least ${floor * 100} %)`,
    );
    count(`coverage of ${room}`, share >= floor);
  }
}

const filters = process.argv.slice(2);
if (filters.length > 0) {
  await run('chosen', filters);
} else {
  await run('rooms', ['--coverage', '--project=!e2e']);
  judgeCoverage();
  // Stories one after another, each with the machine to itself.
  await run('stories', ['--project=e2e', '--no-file-parallelism']);
}

if (leftOut.length > 0) {
  console.log('\nLeft out, because something they run against is not installed:');
  for (const name of leftOut) console.log(`  ${name}`);
  for (const peer of missingPeers())
    console.log(`  ${peer.name}: npm run peers${peer.debian ? ` (Debian package ${peer.debian})` : ''}`);
  if (inCi) count('nothing is left out in CI', false);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${leftOut.length} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;
