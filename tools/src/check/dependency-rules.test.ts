import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../root.ts';

/** One planted violation a rule: path of the file, what it imports, the rule that must object. */
const planted: [rule: string, path: string, imports: string][] = [
  ['contract-imports', 'contract/src/a.ts', '../../learning/src/pure.ts'],
  ['learning-imports', 'learning/src/a.ts', '../../contract/src/pure.ts'],
  ['toolkit-imports', 'toolkit/src/a.ts', '../../contract/src/pure.ts'],
  ['launcher-imports', 'launcher/src/a.ts', '../../server/src/platform/pure.ts'],
  ['server-imports', 'server/src/platform/a.ts', '../../../agent/src/pure.ts'],
  ['agent-imports', 'agent/src/a.ts', '../../server/src/platform/pure.ts'],
  ['bot-imports', 'bot/src/a.ts', '../../server/src/platform/pure.ts'],
  ['web-imports', 'web/src/a.ts', '../../server/src/platform/pure.ts'],
  ['no-upward-from-registry', 'server/src/registry/a.service.ts', '../jobs/jobs.service.ts'],
  ['no-upward-from-identity', 'server/src/identity/a.service.ts', '../registry/registry.service.ts'],
  ['no-upward-from-nodes', 'server/src/nodes/a.service.ts', '../jobs/jobs.service.ts'],
  ['no-upward-from-jobs', 'server/src/jobs/c.service.ts', '../training/training.service.ts'],
  [
    'no-upward-from-scripts-training-inference-market-pulls',
    'server/src/pulls/a.service.ts',
    '../alerts/alerts.service.ts',
  ],
  ['no-dev-dependencies', 'learning/src/b.ts', 'fast-check'],
  ['platform-knows-no-domain', 'server/src/platform/b.ts', '../jobs/jobs.service.ts'],
  ['across-domains-only-services', 'server/src/training/a.service.ts', '../jobs/jobs.repository.ts'],
  ['services-know-no-transport', 'server/src/jobs/a.service.ts', 'fastify'],
  ['storage-only-in-repositories', 'server/src/jobs/b.service.ts', 'drizzle-orm'],
  ['one-file-knows-the-socket', 'agent/src/dispatch.ts', 'ws'],
  ['not-to-unresolvable', 'agent/src/lost.ts', './nowhere.ts'],
  ['no-circular', 'agent/src/round.ts', './trip.ts'],
];
const clean = [
  'contract/src/pure.ts',
  'learning/src/pure.ts',
  'agent/src/pure.ts',
  'server/src/platform/pure.ts',
  'server/src/jobs/jobs.service.ts',
  'server/src/jobs/jobs.repository.ts',
  'server/src/registry/registry.service.ts',
  'server/src/training/training.service.ts',
  'server/src/alerts/alerts.service.ts',
];

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[] };
}
let folder: string;
let report: Report;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-rules-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of clean) write(path, 'export const x = 1;\n');
  for (const [, path, imports] of planted) write(path, `import '${imports}';\n`);
  write('agent/src/trip.ts', "import './round.ts';\n");
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json'])
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const args = [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'contract',
    'learning',
    'toolkit',
    'launcher',
    'server',
    'agent',
    'bot',
    'web',
  ];
  const cruise = join(root, 'node_modules', '.bin', 'depcruise');
  report = JSON.parse(execFileSync(cruise, args, { cwd: folder, encoding: 'utf8' })) as Report;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(planted)('%s objects to %s importing %s', (rule, path) => {
  const objections = report.summary.violations.filter((v) => v.from === path).map((v) => v.rule.name);
  expect(objections).toContain(rule);
});

it('objects to nothing in files that import nothing', () => {
  expect(report.summary.violations.filter((v) => clean.includes(v.from))).toEqual([]);
});
