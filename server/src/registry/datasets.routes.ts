import { join } from 'node:path';
import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import { sendFile } from '../platform/send-file.ts';
import type { BlobsService } from './blobs.service.ts';
import { openBundled, readBundledDatasets } from './bundled-datasets.ts';
import type { DatasetIntake } from './dataset-intake.ts';
import type { DatasetsService } from './datasets.service.ts';
import { madeBy } from './made-by.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendPage } from './send-page.ts';

const bundledFolder = join(import.meta.dirname, '../../../learning/datasets');

export function datasetsRoutes(
  app: FastifyInstance,
  datasets: DatasetsService,
  intake: DatasetIntake,
  blobs: BlobsService,
): void {
  const { registry } = routes;
  handle(app, registry.listDatasets, async ({ query, reply }) => sendPage(reply, await datasets.page(query)));
  handle(app, registry.getDataset, ({ params }) => datasets.get(params.name));
  handle(app, registry.datasetUsers, ({ params }) => datasets.users(params.name));
  handle(app, registry.previewDataset, ({ params, query }) =>
    datasets.preview(params.name, query.rows, query.version),
  );
  handle(app, registry.downloadDataset, async (call) => {
    const file = await datasets.file(call.params.name, call.query.version);
    return sendFile(call, file, file.fileName);
  });
  handle(app, registry.uploadDataset, async ({ query, request, caller }) => {
    const { dataset_name: name, new_version: isNewVersion } = query;
    const runId = madeBy(caller, query.run_id);
    if (!isNewVersion) await intake.requireFree(name);
    const upload = await receiveUpload(request, blobs);
    const added = await intake.take({ name, isNewVersion, runId, ...upload, createdBy: caller.name });
    const message = `Version ${added.version} of the data set ${name} is stored.`;
    return { message, name, size_mb: added.sizeMb, version: added.version };
  });
  handle(app, registry.changeDataset, ({ params, body }) => datasets.change(params.name, body));
  handle(app, registry.deleteDataset, async ({ params }) => {
    await datasets.remove(params.name);
    return { message: `The data set ${params.name} is deleted.` };
  });
  versionRoutes(app, datasets);
  bundledRoutes(app, datasets, intake, blobs);
}

function versionRoutes(app: FastifyInstance, datasets: DatasetsService): void {
  const { registry } = routes;
  handle(app, registry.datasetVersions, ({ params }) => datasets.versions(params.name));
  handle(app, registry.changeDatasetVersion, ({ params, body }) =>
    datasets.changeVersion(params.name, params.version, body),
  );
  handle(app, registry.deleteDatasetVersion, async ({ params: { name, version } }) => {
    await datasets.removeVersion(name, version);
    return { message: `Version ${version} of the data set ${name} is deleted.` };
  });
}

function bundledRoutes(
  app: FastifyInstance,
  datasets: DatasetsService,
  intake: DatasetIntake,
  blobs: BlobsService,
): void {
  const { registry } = routes;
  handle(app, registry.bundledDatasets, async () => {
    const bundled = await readBundledDatasets(bundledFolder);
    const present = await datasets.taken(bundled.map(({ name }) => name));
    return bundled.map(({ path: _path, fileName: _fileName, ...item }) => ({
      ...item,
      added: present.has(item.name),
    }));
  });
  handle(app, registry.addBundledDataset, async ({ params, caller }) => {
    const bundled = (await readBundledDatasets(bundledFolder)).find(({ name }) => name === params.name);
    if (!bundled)
      throw new AppError('dataset.not_found', `No data set named ${params.name} comes with Hearth.`);
    await intake.requireFree(bundled.name);
    const file = await blobs.receive(openBundled(bundled));
    const { name, fileName, source, license } = bundled;
    const origin = { source, license };
    await intake.take({ name, isNewVersion: false, file, fileName, origin, createdBy: caller.name });
    return datasets.get(name);
  });
}
