import { basename } from 'node:path';
import { downloadPart } from './partial-file.ts';
import type { PullSource } from './source.ts';

/** `https://host/path/file` (and http, for servers in one's own network). */
export const pullHttps: PullSource = async (url, context) => {
  const path = await downloadPart(url, { url }, context);
  return { path, name: nameOf(new URL(url)), details: { url: withoutSecrets(url) } };
};

const nameOf = (url: URL): string => {
  const last = basename(url.pathname);
  try {
    return decodeURIComponent(last) || 'model';
  } catch {
    return last;
  }
};

/** A query may hold a signature, and user:password is one. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
