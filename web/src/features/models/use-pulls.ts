import { type Pull, registryRoutes } from '@hearth/contract';
import { reactive, watch } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLiveRows } from '../../api/use-live-rows.ts';
import { useResource } from '../../api/use-resource.ts';
import { addSample, type Sample } from './pull-speed.ts';

/** Pulls as they go, each with the readings its speed is computed from, taken by this device's clock. */
export function usePulls() {
  const { call } = useApi();
  const samples = reactive(new Map<string, readonly Sample[]>());
  const pulls = useLiveRows<Pull>({
    topic: 'pulls',
    load: (signal) => call(registryRoutes.listPulls, {}, { signal }),
    keyOf: (pull) => pull.id,
    change: (message) => (message.type === 'pull.updated' ? { row: message.pull } : undefined),
  });
  watch(pulls.data, (rows) => {
    for (const { id, state, progress } of rows ?? []) {
      if (state !== 'running' || !progress) samples.delete(id);
      else samples.set(id, addSample(samples.get(id) ?? [], { atMs: Date.now(), done: progress.done }));
    }
  });
  const suggestions = useResource((signal) => call(registryRoutes.pullSuggestions, {}, { signal }));
  const cancel = ({ id }: Pull) => call(registryRoutes.cancelPull, { params: { id } });
  return { pulls, samples, suggestions, cancel };
}
