import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../root.ts';

/**
 * Fails when the tables differ from the newest committed migration. The tables are described anew in an empty folder,
 * not on top of the committed ones: there drizzle-kit would ask whether a column was renamed, and write nothing when
 * nobody answers.
 */
const server = join(root, 'server');
const empty = mkdtempSync(join(tmpdir(), 'hearth-migrations-'));

/** What the newest migration of a folder says the tables are, without the ids that differ each time. */
function newestSnapshot(folder: string): string {
  const meta = join(folder, 'meta');
  const newest = readdirSync(meta)
    .filter((name) => name.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1);
  if (!newest) throw new Error(`There is no snapshot in ${meta}.`);
  const { id: _id, prevId: _prevId, ...tables } = JSON.parse(readFileSync(join(meta, newest), 'utf8'));
  return JSON.stringify(tables);
}

try {
  const drizzleKit = join(root, 'node_modules/drizzle-kit/bin.cjs');
  const options = [
    '--dialect=postgresql',
    '--schema=./src/**/*.table.ts',
    `--out=${relative(server, empty)}`,
  ];
  execFileSync(process.execPath, [drizzleKit, 'generate', ...options], {
    cwd: server,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (newestSnapshot(empty) !== newestSnapshot(join(server, 'migrations'))) {
    console.log('The tables have changed: run npm run migration -w server.');
    process.exitCode = 1;
  }
} finally {
  rmSync(empty, { recursive: true, force: true });
}
