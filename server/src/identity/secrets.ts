import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Secrets = z.object({ keyId: z.string().min(8), signingKey: z.base64url().min(43) });
export interface SigningKey {
  id: string;
  secret: Uint8Array;
}

/** The key that signs access tokens: made once, kept in `server/secrets.json`, readable by its owner only. */
export async function loadSigningKey(home: string): Promise<SigningKey> {
  const folder = join(home, 'server');
  const path = join(folder, 'secrets.json');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await createOnce(path);
  const { keyId, signingKey } = Secrets.parse(JSON.parse(await readFile(path, 'utf8')));
  return { id: keyId, secret: Buffer.from(signingKey, 'base64url') };
}

async function createOnce(path: string): Promise<void> {
  const fresh = {
    keyId: randomBytes(8).toString('hex'),
    signingKey: randomBytes(32).toString('base64url'),
  };
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(fresh)}\n`, { mode: 0o600, flush: true });
  // A link appears whole or not at all, and never over one that is there.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}
