import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hashFiles, listFiles } from './hash.mjs';
import { at, root } from './places.mjs';
import { BootstrapError, lastWords, run, step } from './progress.mjs';

const MARK = at('web', 'dist', '.built');

/** Builds the web app unless the last build was of these sources. A build that failed leaves no mark. */
export async function buildWeb(node) {
  if (!existsSync(at('web', 'index.html'))) return;
  const sources = listFiles(['web', 'contract/src'], ['node_modules', 'dist', 'coverage']);
  const hash = hashFiles(['package-lock.json', ...sources.filter((path) => !path.endsWith('.test.ts'))]);
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === hash) return;
  await step('building the web app', async () => {
    const { code, output } = await run(node, [at('node_modules/vite/bin/vite.js'), 'build', 'web'], {
      cwd: root,
    });
    if (code !== 0) throw new BootstrapError(`The web app could not be built.\n${lastWords(output)}`);
    writeFileSync(MARK, hash);
  });
}
