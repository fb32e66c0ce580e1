import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The secret by which the agent of this machine enrols at the server of this machine, made once. Both get
 * the path of the file, never the secret in their environment.
 */
export async function ensureLocalToken(home: string): Promise<string> {
  const path = join(home, 'local-agent.token');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known.trim() !== '') return path;
  const draft = `${path}.draft`;
  await rm(draft, { force: true });
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  await rm(path, { force: true });
  await link(draft, path);
  await rm(draft);
  return path;
}
