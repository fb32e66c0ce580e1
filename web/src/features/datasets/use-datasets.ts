import { type Dataset, type DatasetVersion, registryRoutes, type Tags } from '@hearth/contract';
import type { Ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { saveResponse } from '../../api/download.ts';
import { useResource } from '../../api/use-resource.ts';
import { useNamedPages } from '../registry/use-named-pages.ts';

export const useDatasets = (search: Ref<string>) =>
  useNamedPages<Dataset>(search, (call, query, options) =>
    call(registryRoutes.listDatasets, { query }, options),
  );

/** Data sets that come with the product, and adding one. */
export function useBundledDatasets() {
  const { call } = useApi();
  const list = useResource((signal) => call(registryRoutes.bundledDatasets, {}, { signal }));
  const add = (name: string): Promise<Dataset> =>
    call(registryRoutes.addBundledDataset, { params: { name } });
  return { list, add };
}

interface Note {
  description: string;
  tags: Tags;
}

/** One data set with its versions, the beginning of one's content, and what can be done with them. */
export function useDataset(name: () => string, version: Ref<number | undefined>) {
  const { call } = useApi();
  const params = () => ({ params: { name: name() } });
  const dataset = useResource((signal) => call(registryRoutes.getDataset, params(), { signal }), [name]);
  const versions = useResource(
    (signal) => call(registryRoutes.datasetVersions, params(), { signal }),
    [name],
  );
  const preview = useResource(
    (signal) =>
      call(registryRoutes.previewDataset, { ...params(), query: { version: version.value } }, { signal }),
    [name, version],
  );
  const ofVersion = (n: number) => ({ params: { name: name(), version: n } });
  const reload = () => Promise.all([dataset.reload(), versions.reload()]);
  return {
    ...{ dataset, versions, preview, reload },
    change: (body: Note & { name?: string }) => call(registryRoutes.changeDataset, { ...params(), body }),
    remove: () => call(registryRoutes.deleteDataset, params()),
    async changeVersion(n: number, body: Note): Promise<void> {
      await call(registryRoutes.changeDatasetVersion, { ...ofVersion(n), body });
      await reload();
    },
    removeVersion: (n: number) => call(registryRoutes.deleteDatasetVersion, ofVersion(n)),
    async download({ name: file, format, version: n }: DatasetVersion): Promise<void> {
      const response = await call(registryRoutes.downloadDataset, { ...params(), query: { version: n } });
      await saveResponse(response, fileNameOf(file, format));
    },
  };
}

function fileNameOf(name: string, format: Dataset['format']): string {
  const extension = { text: 'txt', other: 'bin' }[format as string] ?? format;
  return name.endsWith(`.${extension}`) ? name : `${name}.${extension}`;
}
