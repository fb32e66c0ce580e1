import { type Dataset, registryRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { saveResponse } from '../../api/download.ts';
import { useResource } from '../../api/use-resource.ts';

export function useDatasets() {
  const { call } = useApi();
  return useResource((signal) => call(registryRoutes.listDatasets, {}, { signal }));
}

/** Data sets that come with the product, and adding one. */
export function useBundledDatasets() {
  const { call } = useApi();
  const list = useResource((signal) => call(registryRoutes.bundledDatasets, {}, { signal }));
  const add = (name: string): Promise<Dataset> =>
    call(registryRoutes.addBundledDataset, { params: { name } });
  return { list, add };
}

/** One data set with the beginning of its content. */
export function useDataset(name: () => string) {
  const { call } = useApi();
  const params = () => ({ params: { name: name() } });
  const dataset = useResource((signal) => call(registryRoutes.getDataset, params(), { signal }), [name]);
  const preview = useResource((signal) => call(registryRoutes.previewDataset, params(), { signal }), [name]);
  const remove = () => call(registryRoutes.deleteDataset, params());
  async function download({ name: file, format }: Dataset): Promise<void> {
    await saveResponse(await call(registryRoutes.downloadDataset, params()), fileNameOf(file, format));
  }
  return { dataset, preview, remove, download };
}

function fileNameOf(name: string, format: Dataset['format']): string {
  const extension = { text: 'txt', other: 'bin' }[format as string] ?? format;
  return name.endsWith(`.${extension}`) ? name : `${name}.${extension}`;
}
