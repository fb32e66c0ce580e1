import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import type { BlobsService } from './blobs.service.ts';
import type { ModelsService } from './models.service.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendFile } from './send-file.ts';

export function modelsRoutes(app: FastifyInstance, models: ModelsService, blobs: BlobsService): void {
  const { registry, jobs } = routes;
  handle(app, registry.listModels, () => models.list());
  handle(app, registry.modelVersions, ({ params }) => models.versions(params.name));
  handle(app, registry.downloadModel, async (call) => {
    const file = await models.file(call.params.name, call.query.version, call.query.format);
    return sendFile(call, file, file.fileName);
  });
  handle(app, registry.uploadModel, async ({ query, request, caller }) => {
    const { model_name: name, new_version: isNewVersion } = query;
    if (!isNewVersion) await models.requireFree(name);
    const upload = await receiveUpload(request, blobs);
    const added = await models.upload({ name, isNewVersion, ...upload, createdBy: caller.name });
    const { size_mb, version } = added;
    return { message: `Version ${version} of ${name} is stored.`, name, size_mb, version };
  });
  handle(app, registry.deleteModel, async ({ params }) => {
    await models.remove(params.name);
    return { message: `The model ${params.name} is deleted.` };
  });
  handle(app, jobs.getBlob, async (call) => sendFile(call, await blobs.get(call.params.sha256)));
}
