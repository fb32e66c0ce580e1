import { z } from 'zod';
import { route } from './route.ts';
import { ResourceName, RunId, Sha256, Timestamp, Uuid } from './values.ts';

/** Longest part of an upload that is kept without progress before it is thrown away. */
export const uploadLifetimeMs = 48 * 60 * 60_000;

/** What the `Upload-Metadata` header of a new upload says, decoded. */
export const UploadMetadata = z.object({
  kind: z.enum(['model', 'dataset']),
  name: ResourceName,
  /** Name of the file; its extension tells which reader looks at it. */
  filename: z.string().min(1).max(300),
  new_version: z.enum(['true', 'false']).default('false'),
  /** Digest of the whole file: what arrives is refused when it has another. */
  sha256: Sha256.optional(),
  /** The run that made the file. */
  run_id: RunId.optional(),
});
export type UploadMetadata = z.infer<typeof UploadMetadata>;

export const Upload = z
  .object({
    id: Uuid,
    kind: UploadMetadata.shape.kind,
    name: z.string(),
    file_name: z.string(),
    size_bytes: z.number().int(),
    received_bytes: z.number().int(),
    /** The version it became; null while bytes are missing. */
    version: z.number().int().nullable(),
    created_by: z.string(),
    created_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: 'Upload' });
export type Upload = z.infer<typeof Upload>;

const tag = 'uploads';
const params = z.object({ id: Uuid });
const access = 'registry.write';
/** Uploads that can be continued after a cut: the tus protocol 1.0 (creation, expiration, checksum, termination). */
export const uploadRoutes = {
  createUpload: route({
    method: 'POST',
    path: '/api/v1/uploads',
    summary:
      'Begin an upload (tus creation): Upload-Length, Upload-Metadata; the answer says where (Location)',
    tag,
    access,
    body: 'bytes',
    status: 201,
    response: Upload,
    errors: [
      'upload.refused',
      'upload.version_unsupported',
      'model.exists',
      'dataset.exists',
      'model.unreadable',
      'dataset.unreadable',
      'request.too_large',
      'storage.full',
    ],
  }),
  listUploads: route({
    method: 'GET',
    path: '/api/v1/uploads',
    summary: 'Your uploads that have not expired, newest first',
    tag,
    access,
    response: z.array(Upload),
  }),
  getUpload: route({
    method: 'GET',
    path: '/api/v1/uploads/:id',
    summary: 'How far an upload is; HEAD tells it in the header Upload-Offset (tus core)',
    tag,
    access,
    params,
    response: Upload,
    errors: ['upload.not_found', 'model.unreadable', 'dataset.unreadable', 'artifact.digest_mismatch'],
  }),
  continueUpload: route({
    method: 'PATCH',
    path: '/api/v1/uploads/:id',
    summary: 'The bytes from Upload-Offset on; the last ones make the new version',
    tag,
    access,
    params,
    body: 'bytes',
    status: 204,
    response: 'text',
    errors: [
      'upload.not_found',
      'upload.refused',
      'upload.offset_conflict',
      'upload.version_unsupported',
      'upload.checksum_mismatch',
      'request.unsupported_media',
      'model.exists',
      'model.unreadable',
      'dataset.exists',
      'dataset.unreadable',
      'artifact.digest_mismatch',
      'request.too_large',
      'storage.full',
    ],
  }),
  cancelUpload: route({
    method: 'DELETE',
    path: '/api/v1/uploads/:id',
    summary: 'Give an upload up (tus termination)',
    tag,
    access,
    params,
    status: 204,
    response: 'text',
    errors: ['upload.not_found', 'upload.version_unsupported'],
  }),
};
