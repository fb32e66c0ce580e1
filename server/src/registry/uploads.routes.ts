import { routes, type Upload, urlOf } from '@hearth/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import type { KeyCaller, PersonCaller } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import {
  readChecksum,
  readCount,
  readMetadata,
  requireTus,
  tusAbilities,
  tusVersion,
} from './tus-headers.ts';
import type { Owner, UploadsService } from './uploads.service.ts';

/** The tus protocol 1.0 over the uploads. */
export function uploadsRoutes(app: FastifyInstance, uploads: UploadsService): void {
  const { registry } = routes;
  app.options('/api/v1/uploads', (_request, reply) =>
    reply.code(204).headers(tusAbilities(uploads.maxBytes)).send(),
  );
  handle(app, registry.createUpload, async ({ request, reply, caller }) => {
    request.raw.resume();
    speakTus(request, reply);
    const size = readCount(request.headers, 'upload-length');
    const upload = await uploads.create(size, readMetadata(request.headers), ownerOf(caller));
    reply.header('location', urlOf(registry.getUpload, { params: { id: upload.id } }));
    return tell(reply, upload);
  });
  handle(app, registry.listUploads, ({ caller }) => uploads.list(ownerOf(caller)));
  handle(app, registry.getUpload, async ({ params, reply, caller }) => {
    reply.header('tus-resumable', tusVersion);
    return tell(reply, await uploads.get(params.id, ownerOf(caller)));
  });
  handle(app, registry.continueUpload, async ({ params, request, reply, caller, body }) => {
    try {
      speakTus(request, reply);
      if (request.headers['content-type'] !== 'application/offset+octet-stream')
        throw new AppError('request.unsupported_media', 'Send the bytes as application/offset+octet-stream.');
      const offset = readCount(request.headers, 'upload-offset');
      const checksum = readChecksum(request.headers);
      const upload = await uploads.append(params.id, ownerOf(caller), offset, body, checksum);
      tell(reply, upload);
      return reply.code(204).send();
    } catch (error) {
      abandonBody(request);
      throw error;
    }
  });
  handle(app, registry.cancelUpload, async ({ params, request, reply, caller }) => {
    speakTus(request, reply);
    await uploads.cancel(params.id, ownerOf(caller));
    return reply.code(204).send();
  });
}

function speakTus({ headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header('tus-resumable', tusVersion);
  requireTus(headers);
}

function tell(reply: FastifyReply, upload: Upload): Upload {
  reply.headers({
    'upload-offset': upload.received_bytes,
    'upload-length': upload.size_bytes,
    'upload-expires': new Date(upload.expires_at).toUTCString(),
    'cache-control': 'no-store',
  });
  return upload;
}

const ownerOf = (caller: PersonCaller | KeyCaller): Owner => ({
  id: caller.ownerId ?? caller.id,
  name: caller.name,
});
