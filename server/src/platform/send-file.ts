import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerRange } from './byte-range.ts';
import { AppError } from './errors.ts';

interface FileToSend {
  path: string;
  sha256: string;
  sizeBytes: number;
}

/** Streams a stored file, whole or the asked part; its ETag is its digest, so a cut download can be continued. */
export function sendFile(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  file: FileToSend,
  fileName?: string,
): FastifyReply {
  const etag = `"${file.sha256}"`;
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    ...(fileName ? { 'content-disposition': `attachment; filename="${fileName}"` } : {}),
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  // Ranges are for GET only (RFC 9110, 14.2); and the file itself need not be opened to tell its size.
  if (request.method === 'HEAD')
    return reply.code(200).header('content-length', file.sizeBytes).send(Readable.from([]));
  const range = answerRange(file.sizeBytes, etag, request.headers);
  if (range.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.sizeBytes}`);
    throw new AppError('range.not_satisfiable', 'The range lies behind the end of the file.', {
      size_bytes: file.sizeBytes,
    });
  }
  if (range.kind === 'whole')
    return reply.code(200).header('content-length', file.sizeBytes).send(createReadStream(file.path));
  const { start, end } = range;
  return reply
    .code(206)
    .headers({
      'content-range': `bytes ${start}-${end}/${file.sizeBytes}`,
      'content-length': end - start + 1,
    })
    .send(createReadStream(file.path, { start, end }));
}
