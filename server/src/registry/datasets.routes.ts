import { join } from 'node:path';
import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { handle } from '../platform/http.ts';
import type { BlobsService } from './blobs.service.ts';
import { openBundled, readBundledDatasets } from './bundled-datasets.ts';
import type { DatasetsService } from './datasets.service.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendFile } from './send-file.ts';

const bundledFolder = join(import.meta.dirname, '../../../learning/datasets');

export function datasetsRoutes(app: FastifyInstance, datasets: DatasetsService, blobs: BlobsService): void {
  const { registry } = routes;
  handle(app, registry.listDatasets, () => datasets.list());
  handle(app, registry.getDataset, ({ params }) => datasets.get(params.name));
  handle(app, registry.previewDataset, ({ params, query }) => datasets.preview(params.name, query.rows));
  handle(app, registry.downloadDataset, async (call) => {
    const file = await datasets.file(call.params.name);
    return sendFile(call, file, file.fileName);
  });
  handle(app, registry.uploadDataset, async ({ query, request, caller }) => {
    await datasets.requireFree(query.dataset_name);
    const upload = await receiveUpload(request, blobs);
    const added = await datasets.add({ name: query.dataset_name, ...upload, createdBy: caller.name });
    return { message: `The data set ${added.name} is stored.`, name: added.name, size_mb: added.size_mb };
  });
  handle(app, registry.deleteDataset, async ({ params }) => {
    await datasets.remove(params.name);
    return { message: `The data set ${params.name} is deleted.` };
  });
  handle(app, registry.bundledDatasets, async () => {
    const present = new Set((await datasets.list()).map(({ name }) => name));
    const bundled = await readBundledDatasets(bundledFolder);
    return bundled.map(({ path: _path, fileName: _fileName, ...item }) => ({
      ...item,
      added: present.has(item.name),
    }));
  });
  handle(app, registry.addBundledDataset, async ({ params, caller }) => {
    const bundled = (await readBundledDatasets(bundledFolder)).find(({ name }) => name === params.name);
    if (!bundled)
      throw new AppError('dataset.not_found', `No data set named ${params.name} comes with Hearth.`);
    await datasets.requireFree(bundled.name);
    const file = await blobs.receive(openBundled(bundled));
    const { name, fileName, source, license } = bundled;
    return datasets.add({ name, file, fileName, source, license, createdBy: caller.name });
  });
}
