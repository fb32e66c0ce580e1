import type { FastifyRequest } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, IncomingFile } from './blobs.service.ts';

export interface Upload {
  file: IncomingFile;
  fileName: string;
}

/** Takes the one file of a multipart request to the disk. Cut short, too large or absent: nothing stays. */
export async function receiveUpload(request: FastifyRequest, blobs: BlobsService): Promise<Upload> {
  if (!request.isMultipart())
    throw new AppError(
      'request.unsupported_media',
      'Send the file as multipart/form-data, in a field named file.',
    );
  // The plugin would wait for ever for the end of a request that broke off before it listened.
  if (request.raw.destroyed) throw cutShort();
  const part = await request.file().catch((error: unknown) => {
    abandonBody(request);
    throw asRefusal(error);
  });
  if (part?.fieldname !== 'file') {
    part?.file.resume();
    throw new AppError('request.invalid', 'The request has no field named file.', {
      fields: [{ path: 'body.file', message: 'is missing' }],
    });
  }
  const file = await blobs.receive(part.file).catch((error: unknown) => {
    part.file.destroy();
    abandonBody(request);
    throw asRefusal(error);
  });
  // A last boundary that never came shows as a cut request, not as a shorter file.
  if (part.file.truncated || request.raw.aborted) {
    await blobs.discard(file);
    throw cutShort();
  }
  return { file, fileName: part.filename };
}

const cutShort = () => new AppError('request.aborted', 'The upload was cut short.');

/** busboy's errors for a body that is no whole form have no code. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  if (/^Unexpected end of (multipart data|file)|^Part terminated early/.test(error.message))
    return cutShort();
  if (/^(Multipart: |The needle |Malformed)/.test(error.message))
    return new AppError('request.invalid', 'The form could not be read.', { fields: [] });
  return error;
}
