import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type BenchResult, type BenchRow, measure, table } from './harness.ts';
import { installPeers } from './peers.ts';

/** `npm run bench [-- part]`: measures ours and the peers in one run and writes RESULTS.md when all parts ran. */
interface BenchPart {
  rows: BenchRow[];
  close?: () => Promise<void>;
}
const parts: Record<string, () => Promise<BenchPart>> = {
  http: () => import('./http/rows.ts').then((m) => m.start()),
  jobs: () => import('./jobs/rows.ts').then((m) => m.start()),
  live: () => import('./live/rows.ts').then((m) => m.start()),
  learning: () => import('./learning/rows.ts').then((m) => m.start()),
  scripts: () => import('./scripts/rows.ts').then((m) => m.start()),
  toolkit: () => import('./toolkit/rows.ts').then((m) => m.start()),
  tracking: () => import('./tracking/rows.ts').then((m) => m.start()),
  inference: () => import('./inference/rows.ts').then((m) => m.start()),
};

const only = process.argv[2];
if (only && !parts[only]) throw new Error(`no part ${only}; there are ${Object.keys(parts).join(', ')}`);
installPeers();
const results: BenchResult[] = [];
for (const [name, start] of Object.entries(parts)) {
  if (only && only !== name) continue;
  const part = await start();
  try {
    for (const row of part.rows) {
      results.push(await measure(row));
      console.log(table(results.slice(-1)).split('\n').slice(2).join('\n'));
    }
  } finally {
    await part.close?.();
  }
}
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, ${process.platform} ${process.arch}`;
const report = `# Measured side by side\n\nLast full run of \`npm run bench\`: ${new Date().toISOString().slice(0, 10)}, ${machine}.\nInterleaved rounds, medians; the ratio is Hearth ÷ peer, so below 1 is better for times and CPU, above 1 for rates.\n\n${table(results)}\n`;
console.log(`\n${report}`);
if (!only) writeFileSync(fileURLToPath(new URL('../RESULTS.md', import.meta.url)), report);
process.exit(0);
