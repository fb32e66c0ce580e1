import { posix } from 'node:path';
import { routes } from '@hearth/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import { type ArtifactPlaces, requireFile } from './mlflow-artifacts.routes.ts';
import type { MultipartService } from './multipart.service.ts';

/** Uploads in parts. The path of the address is the folder; the file's name comes in the body. */
export function mlflowMultipartRoutes(
  app: FastifyInstance,
  artifacts: ArtifactsService,
  places: ArtifactPlaces,
  uploads: MultipartService,
): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.createUpload, async ({ params, body, caller, request }) => {
    const place = requireFile(await places.toWrite(fileIn(params['*'], body.path), caller));
    const upload_id = await uploads.create({ ...place, caller: caller.id });
    const numbers = Array.from({ length: body.num_parts }, (_, index) => index + 1);
    const credentials = numbers.map((part_number) => ({
      part_number,
      url: addressOf(request, upload_id, part_number),
      headers: proofOf(request),
    }));
    return { upload_id, credentials };
  });
  handleMlflow(app, mlflow.putPart, async ({ params, body, caller, request, reply }) => {
    try {
      const etag = await uploads.putPart(params.upload_id, params.part_number, caller.id, body);
      reply.header('etag', etag);
      return {};
    } catch (error) {
      abandonBody(request);
      throw error;
    }
  });
  handleMlflow(app, mlflow.completeUpload, async ({ params, body, caller }) => {
    const place = requireFile(await places.toWrite(fileIn(params['*'], body.path), caller));
    const parts = body.parts.map(({ part_number }) => part_number);
    await artifacts.keep(place, await uploads.assemble(body.upload_id, place, caller.id, parts));
    await uploads.remove(body.upload_id);
    return {};
  });
  handleMlflow(app, mlflow.abortUpload, async ({ params, body, caller }) => {
    await places.toWrite(fileIn(params['*'], body.path), caller);
    await uploads.abort(body.upload_id, caller.id);
    return {};
  });
}

/** Clients send their local path; only its last part names the file. */
const fileIn = (folder: string, path: string) => `${folder.replace(/\/+$/, '')}/${posix.basename(path)}`;

const addressOf = ({ protocol, host }: FastifyRequest, uploadId: string, part: number) =>
  `${protocol}://${host}/api/2.0/mlflow-artifacts/mpu/part/${uploadId}/${part}`;

/** The client sends these with each part: what it has shown us itself, and nothing else. */
function proofOf({ headers }: FastifyRequest): Record<string, string> {
  const proof: Record<string, string> = {};
  if (headers.authorization) proof.Authorization = headers.authorization;
  if (typeof headers['x-api-key'] === 'string') proof['X-API-Key'] = headers['x-api-key'];
  return proof;
}
