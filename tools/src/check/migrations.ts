import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../root.ts';

/** Fails when a table differs from the committed migrations: generating once more must add nothing. */
const server = join(root, 'server');
const copy = mkdtempSync(join(tmpdir(), 'hearth-migrations-'));
try {
  cpSync(join(server, 'migrations'), copy, { recursive: true });
  const before = readdirSync(copy).length;
  const { schema } = { schema: './src/**/*.table.ts' };
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/drizzle-kit/bin.cjs'),
      'generate',
      '--dialect=postgresql',
      `--schema=${schema}`,
      `--out=${relative(server, copy)}`,
    ],
    { cwd: server, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const journal = JSON.parse(readFileSync(join(copy, 'meta', '_journal.json'), 'utf8')) as {
    entries: unknown[];
  };
  if (readdirSync(copy).length !== before) {
    console.log(
      `The tables have changed: run npm run migration -w server (${journal.entries.length} migrations would stand).`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
