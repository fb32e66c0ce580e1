import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breaches } from './check/house-rules.ts';
import { type LockFile, lockFileProblems } from './check/lock-file.ts';
import { root } from './root.ts';
import { runStep, type StepResult, stepLine } from './run-step.ts';

/** `npm run check`: everything a machine can say about the sources without running them. */
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const tool = (name: string, command: string, args: string[]) =>
  runStep(name, bin(command), args, { cwd: root });

function inProcess(name: string, problems: () => string[]): StepResult {
  const started = performance.now();
  const found = problems();
  return {
    name,
    ok: found.length === 0,
    seconds: (performance.now() - started) / 1000,
    output: `${found.join('\n')}\n`,
  };
}

const tracked = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => /\.(ts|vue|mjs|html)$/.test(path));

const houseRules = () =>
  tracked().flatMap((path) =>
    breaches(path, readFileSync(join(root, path), 'utf8')).map((b) => `${b.path}:${b.line} ${b.rule}`),
  );
const lockFile = () =>
  lockFileProblems(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile);

/** The dependency rules see nothing where imports don't resolve: a report over too few modules is a failure. */
async function dependencyRules(): Promise<StepResult> {
  const result = await tool('dependency rules', 'depcruise', [
    '--config',
    '.dependency-cruiser.cjs',
    'contract/src',
    'toolkit/src',
    'learning/src',
    'launcher/src',
    'server/src',
    'agent/src',
    'bot/src',
    'web/src',
    'e2e/src',
    'bench/src',
    'tools/src',
  ]);
  const modules = Number(/(\d+) modules/.exec(result.output)?.[1] ?? 0);
  if (modules >= 150) return result;
  return { ...result, ok: false, output: `${result.output}\nonly ${modules} modules were read\n` };
}

const lanes: (() => Promise<StepResult>)[][] = [
  [
    () => tool('types', 'tsc', ['-p', 'tsconfig.json']),
    () => tool('dead code, unused dependencies', 'knip', ['--no-progress']),
  ],
  [
    () => tool('lint and format', 'biome', ['check', '--error-on-warnings', '.']),
    () => tool('types of the web app', 'vue-tsc', ['-p', 'web/tsconfig.json', '--noEmit']),
    dependencyRules,
    () =>
      runStep('migrations up to date', process.execPath, ['tools/src/check/migrations.ts'], { cwd: root }),
  ],
];

const results = [inProcess('house rules', houseRules), inProcess('lock file', lockFile)];
const laneResults = await Promise.all(
  lanes.map(async (lane) => {
    const done: StepResult[] = [];
    for (const step of lane) done.push(await step());
    return done;
  }),
);
results.push(...laneResults.flat());
for (const result of results) if (!result.ok) console.log(`\n${result.name}:\n${result.output.trim()}`);
console.log(`\n${results.map(stepLine).join('\n')}`);
const failed = results.filter((result) => !result.ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
