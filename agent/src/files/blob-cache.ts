import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { routes, urlOf } from '@hearth/contract';
import { digestFile } from './digest.ts';
import { download } from './download.ts';
import { DownloadError } from './download-error.ts';

interface BlobRequest {
  /** Folder of the cache; a file's name in it is its digest. */
  cache: string;
  serverUrl: string;
  /** A node token or a job token. */
  token: string;
  sha256: string;
  sizeBytes: number;
  /** Names the unfinished file, so that two who want the same one do not write into each other's. */
  owner: string;
  patience?: number;
  signal: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number | null) => void;
}

/** Path of a stored file of the server on this machine, fetched and checked if it is not here yet. */
export async function fetchBlob(request: BlobRequest): Promise<string> {
  const path = join(request.cache, request.sha256);
  if ((await stat(path).catch(() => undefined))?.size === request.sizeBytes) return path;
  const part = `${path}.${request.owner}.part`;
  await download({
    url: request.serverUrl + urlOf(routes.jobs.getBlob, { params: { sha256: request.sha256 } }),
    headers: { authorization: `Bearer ${request.token}` },
    part,
    immutable: true,
    patience: request.patience,
    signal: request.signal,
    onProgress: request.onProgress,
  });
  if ((await digestFile(part, request.signal)) !== request.sha256) {
    await rm(part, { force: true });
    throw new DownloadError('What the server sent is not the file that was asked for: its digest differs.', {
      transient: true,
    });
  }
  await rename(part, path);
  return path;
}
