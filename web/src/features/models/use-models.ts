import { type Artifact, type ModelVersion, registryRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { saveResponse } from '../../api/download.ts';
import { useResource } from '../../api/use-resource.ts';

export function useModels() {
  const { call } = useApi();
  return useResource((signal) => call(registryRoutes.listModels, {}, { signal }));
}

/** A model's versions, newest first, and what can be done with them. */
export function useModel(name: () => string) {
  const { call } = useApi();
  const params = () => ({ params: { name: name() } });
  const versions = useResource((signal) => call(registryRoutes.modelVersions, params(), { signal }), [name]);
  const remove = () => call(registryRoutes.deleteModel, params());
  async function download({ version }: ModelVersion, artifact: Artifact): Promise<void> {
    const format = registryRoutes.downloadModel.query.shape.format.safeParse(artifact.format).data;
    const response = await call(registryRoutes.downloadModel, { ...params(), query: { version, format } });
    await saveResponse(response, artifact.name);
  }
  return { versions, remove, download };
}
