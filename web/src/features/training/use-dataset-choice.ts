import { ApiError, type Architecture, type Dataset, registryRoutes } from '@hearth/contract';
import { computed, type Ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useApi } from '../../api/api.ts';
import { useResource } from '../../api/use-resource.ts';
import type { LoadOptions, OptionsQuery } from '../../ui/use-options.ts';
import { useNamedPage } from '../registry/use-named-pages.ts';
import { suitedTo } from './run-form.ts';

/** The data sets to choose from, and the one that is chosen, wherever in the list it is. */
export function useDatasetChoice(
  name: () => string,
  architectures: Ref<readonly Architecture[] | undefined>,
) {
  const { call } = useApi();
  const { t } = useI18n();
  const seen = shallowRef<ReadonlyMap<string, Dataset>>(new Map());
  const ask = useNamedPage<Dataset>((client, query, options) =>
    client(registryRoutes.listDatasets, { query }, options),
  );
  const look = async (
    known: readonly Architecture[] | undefined,
    query: OptionsQuery,
    signal?: AbortSignal,
  ) => {
    const { rows, next } = await ask(query, signal);
    seen.value = new Map([...seen.value, ...rows.map((row) => [row.name, row] as const)]);
    const options = rows.map((row) => {
      const isUsable = !known || suitedTo(row, known).length > 0;
      const label = isUsable ? row.name : t('training.unusable', { name: row.name });
      return { value: row.name, label, disabled: !isUsable };
    });
    return { options, next };
  };
  /** Another one once it is known what can be learnt from. */
  const load = computed((): LoadOptions<string> => {
    const known = architectures.value;
    return (query, signal) => look(known, query, signal);
  });
  /** One that was not among those seen, as when a run is begun again; undefined where there is none of this name. */
  const asked = useResource(
    async (signal) => {
      if (name() === '' || seen.value.has(name())) return null;
      try {
        return await call(registryRoutes.getDataset, { params: { name: name() } }, { signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === 'dataset.not_found') return null;
        throw error;
      }
    },
    [name],
  );
  const chosen = computed(() => seen.value.get(name()) ?? asked.data.value ?? undefined);
  const isMissing = computed(() => name() !== '' && !chosen.value && asked.data.value === null);
  /** Whether there is any, as far as is known. */
  const any = useResource(async (signal) => {
    const { options } = await look(undefined, { search: undefined, cursor: undefined, limit: 1 }, signal);
    return options.length > 0;
  });
  return { load, chosen, isMissing, any };
}
