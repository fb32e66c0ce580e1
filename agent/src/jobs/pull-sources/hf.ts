import { basename } from 'node:path';
import { DownloadError, refusal } from '../../files/download-error.ts';
import { follow } from '../../files/follow.ts';
import type { JobContext } from '../job-context.ts';
import { JobError } from '../job-error.ts';
import { downloadPart } from './partial-file.ts';
import type { PullSource } from './source.ts';

/**
 * `owner/repo/path/to/file` of the Hugging Face hub, at the head of its main branch, or at `@revision` behind the
 * repository's name. HF_TOKEN opens private and gated repositories, HF_ENDPOINT names a mirror.
 */
export const pullHub: PullSource = async (address, context) => {
  const found = /^([^/]+\/[^/@]+)(?:@([^/]+))?\/(.+)$/.exec(address);
  if (!found) throw new JobError('pull.bad_source', 'A hub source is written hf:owner/repo/file.');
  const [, repository = '', revision = 'main', file = ''] = found;
  const headers = hubHeaders(context);
  const addressAt = (commit: string) =>
    `${context.config.hubUrl}/${repository}/resolve/${encodeURIComponent(commit)}/${file.split('/').map(encodeURIComponent).join('/')}`;

  const head = await askHub(addressAt(revision), headers, context.signal);
  const commit = head.get('x-repo-commit') ?? revision;
  // Files under LFS are named by their SHA-256; small ones by a git digest, which says nothing about the bytes alone.
  const linked = head.get('x-linked-etag')?.replaceAll('"', '');
  const sha256 = linked && /^[0-9a-f]{64}$/.test(linked) ? linked : undefined;
  const task = { url: addressAt(commit), headers, immutable: sha256 !== undefined };
  const path = await downloadPart(`hf:${repository}@${sha256 ?? commit}/${file}`, task, context);
  return { path, name: basename(file), sha256, details: { repository, revision: commit, file } };
};

const hubHeaders = ({ config }: JobContext): Record<string, string> =>
  config.hubToken ? { authorization: `Bearer ${config.hubToken}` } : {};

/** What the hub itself says of a file: the answer before it sends one on to its storage. */
async function askHub(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Headers> {
  const { response, url: answered } = await follow(url, {
    method: 'HEAD',
    headers,
    signal,
    sameOrigin: true,
  });
  if (response.status < 400) return response.headers;
  const { status } = response;
  if (status === 401 || status === 403) {
    const hint = headers.authorization
      ? 'HF_TOKEN does not open it'
      : 'set HF_TOKEN to a token that may read it';
    throw new DownloadError(
      `The hub does not show this file (${status}): it is private, gated or misspelt; ${hint}.`,
    );
  }
  if (status === 404)
    throw new DownloadError('The hub has no such file: check owner, repository and file name.');
  throw refusal(status, answered);
}
