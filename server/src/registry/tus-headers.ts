import type { IncomingHttpHeaders } from 'node:http';
import { UploadMetadata } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';
import type { Checksum } from './partial-file.ts';

export const tusVersion = '1.0.0';
const algorithms = new Set(['sha1', 'sha256']);
/** What this server does of the protocol, for who asks with OPTIONS. */
export const tusAbilities = (maxBytes: number) => ({
  'tus-resumable': tusVersion,
  'tus-version': tusVersion,
  'tus-extension': 'creation,expiration,termination,checksum',
  'tus-max-size': String(maxBytes),
  'tus-checksum-algorithm': [...algorithms].join(','),
});

export function requireTus(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] !== tusVersion)
    throw new AppError('upload.version_unsupported', `Send the header Tus-Resumable: ${tusVersion}.`);
}

/** `Upload-Length` and `Upload-Offset`: whole numbers that JavaScript counts exactly. */
export function readCount(headers: IncomingHttpHeaders, name: 'upload-length' | 'upload-offset'): number {
  const text = String(headers[name] ?? '');
  const count = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new AppError('upload.refused', `The header ${name} is not a number of bytes.`);
}

/** `Upload-Metadata`: pairs of a key and its value in base64, separated by commas. */
export function readMetadata(headers: IncomingHttpHeaders): UploadMetadata {
  const pairs = String(headers['upload-metadata'] ?? '')
    .split(',')
    .map((pair) => pair.trim().split(' '))
    .map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString('utf8')]);
  const read = UploadMetadata.safeParse(Object.fromEntries(pairs.filter(([key]) => key !== '')));
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path, message }) => ({
    path: ['metadata', ...path].map(String).join('.'),
    message,
  }));
  const [first] = fields;
  throw new AppError('upload.refused', `Upload-Metadata: ${first?.path}: ${first?.message}`, { fields });
}

/** `Upload-Checksum`: an algorithm and the digest of this piece in base64. */
export function readChecksum(headers: IncomingHttpHeaders): Checksum | undefined {
  const given = headers['upload-checksum'];
  if (given === undefined) return undefined;
  const [algorithm = '', digest = ''] = String(given).split(' ');
  if (!algorithms.has(algorithm))
    throw new AppError('upload.refused', `Checksums are read in ${[...algorithms].join(' and ')} only.`);
  return { algorithm, digest: Buffer.from(digest, 'base64') };
}
