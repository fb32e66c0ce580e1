import type { TrainingPayload } from '@hearth/contract';
import { fetchBlob } from '../files/blob-cache.ts';
import type { JobContext } from './job-context.ts';

/** So many attempts in a row at fetching the data: with the waits between them, a server may be away for an hour. */
const patience = 240;

function fetchFile(
  { assignment, cache, signal }: JobContext,
  { sha256, sizeBytes }: { sha256: string; sizeBytes: number },
): Promise<string> {
  const { jobId: owner, jobToken: token, serverUrl } = assignment;
  return fetchBlob({ cache: cache.cache, serverUrl, token, sha256, sizeBytes, owner, patience, signal });
}

/** Path of the run's data set on this machine. */
export const fetchDataset = (context: JobContext, { dataset }: TrainingPayload): Promise<string> =>
  fetchFile(context, dataset);

/** Path of the checkpoint it goes on from, if it does. */
export async function fetchResume(
  context: JobContext,
  { resume }: TrainingPayload,
): Promise<string | undefined> {
  return resume ? fetchFile(context, resume) : undefined;
}
