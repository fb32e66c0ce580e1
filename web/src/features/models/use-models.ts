import { type Artifact, type Model, type ModelVersion, registryRoutes, type Tags } from '@hearth/contract';
import type { Ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { saveResponse } from '../../api/download.ts';
import { useResource } from '../../api/use-resource.ts';
import { useNamedPages } from '../registry/use-named-pages.ts';

export const useModels = (search: Ref<string>) =>
  useNamedPages<Model>(search, (call, query, options) => call(registryRoutes.listModels, { query }, options));

interface Note {
  description: string;
  tags: Tags;
}

/** A model with its versions, newest first, and what can be done with them. */
export function useModel(name: () => string) {
  const { call } = useApi();
  const params = () => ({ params: { name: name() } });
  const model = useResource((signal) => call(registryRoutes.modelInfo, params(), { signal }), [name]);
  const versions = useResource((signal) => call(registryRoutes.modelVersions, params(), { signal }), [name]);
  const reload = () => Promise.all([model.reload(), versions.reload()]);
  const ofVersion = (version: number) => ({ params: { name: name(), version } });
  async function changed(work: Promise<unknown>): Promise<void> {
    await work;
    await reload();
  }
  return {
    ...{ model, versions, reload },
    change: (patch: Note & { name?: string }) =>
      call(registryRoutes.changeModel, { ...params(), body: patch }),
    remove: () => call(registryRoutes.deleteModel, params()),
    changeVersion: (version: number, body: Note) =>
      changed(call(registryRoutes.changeModelVersion, { ...ofVersion(version), body })),
    removeVersion: (version: number) => call(registryRoutes.deleteModelVersion, ofVersion(version)),
    setAlias: (alias: string, version: number) =>
      changed(call(registryRoutes.setModelAlias, { params: { name: name(), alias }, body: { version } })),
    removeAlias: (alias: string) =>
      changed(call(registryRoutes.removeModelAlias, { params: { name: name(), alias } })),
    async download({ version }: ModelVersion, { name: file }: Artifact): Promise<void> {
      const response = await call(registryRoutes.downloadModel, { ...params(), query: { version, file } });
      await saveResponse(response, file.split('/').pop() ?? file);
    },
  };
}
