import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { handle } from '../platform/http.ts';
import { sendFile } from '../platform/send-file.ts';
import type { BlobsService } from './blobs.service.ts';
import type { Intake } from './intake.ts';
import { madeBy } from './made-by.ts';
import type { ModelsService } from './models.service.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendPage } from './send-page.ts';

export function modelsRoutes(
  app: FastifyInstance,
  models: ModelsService,
  intake: Intake,
  blobs: BlobsService,
): void {
  const { registry, jobs } = routes;
  handle(app, registry.listModels, async ({ query, reply }) => sendPage(reply, await models.page(query)));
  handle(app, registry.modelInfo, async ({ params }) => ({
    ...(await models.get(params.name)),
    used_by: await models.users(params.name),
  }));
  handle(app, registry.downloadModel, async (call) => {
    const file = await models.file(call.params.name, call.query);
    return sendFile(call, file, file.fileName);
  });
  handle(app, registry.uploadModel, async ({ query, request, caller }) => {
    const { model_name: name, new_version: isNewVersion } = query;
    const runId = madeBy(caller, query.run_id);
    if (!isNewVersion) await intake.requireFree(name);
    const upload = await receiveUpload(request, blobs);
    const added = await intake.take({ name, isNewVersion, runId, ...upload, createdBy: caller.name });
    const message = `Version ${added.version} of ${name} is stored.`;
    return { message, name, size_mb: added.sizeMb, version: added.version };
  });
  handle(app, registry.changeModel, ({ params, body }) => models.change(params.name, body));
  handle(app, registry.deleteModel, async ({ params }) => {
    await models.remove(params.name);
    return { message: `The model ${params.name} is deleted.` };
  });
  handle(app, jobs.getBlob, async (call) => sendFile(call, await blobs.get(call.params.sha256)));
  versionRoutes(app, models);
}

function versionRoutes(app: FastifyInstance, models: ModelsService): void {
  const { registry } = routes;
  handle(app, registry.modelVersions, ({ params }) => models.versions(params.name));
  handle(app, registry.modelVersion, ({ params: { name, version } }) => models.getVersion(name, { version }));
  handle(app, registry.changeModelVersion, ({ params, body }) =>
    models.changeVersion(params.name, params.version, body),
  );
  handle(app, registry.deleteModelVersion, async ({ params: { name, version } }) => {
    await models.removeVersion(name, version);
    return { message: `Version ${version} of ${name} is deleted.` };
  });
  handle(app, registry.setModelAlias, ({ params, body }) =>
    models.setAlias(params.name, params.alias, body.version),
  );
  handle(app, registry.removeModelAlias, async ({ params: { name, alias } }) => {
    await models.removeAlias(name, alias);
    return { message: `No version of ${name} is called ${alias} any more.` };
  });
}
