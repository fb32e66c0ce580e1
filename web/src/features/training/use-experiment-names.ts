import { trackingRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import type { LoadOptions } from '../../ui/use-options.ts';

/** Names of experiments that there are, the most recently changed first. */
export function useExperimentNames(): LoadOptions<string | undefined> {
  const { call } = useApi();
  return async (query, signal) => {
    const { items, next_cursor } = await call(trackingRoutes.experiments, { query }, { signal });
    return { options: items.map(({ name }) => ({ value: name, label: name })), next: next_cursor };
  };
}
