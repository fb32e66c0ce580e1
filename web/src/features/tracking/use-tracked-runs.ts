import { type Experiment, type TrackedRun, trackingRoutes } from '@hearth/contract';
import { computed, type Ref, ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useResource } from '../../api/use-resource.ts';
import type { LoadOptions } from '../../ui/use-options.ts';
import { withTold } from './told-run.ts';

export interface RunsFilter {
  /** Whether what was deleted is looked through. */
  lifecycle: TrackedRun['lifecycle'];
  experiment_id: string | undefined;
  status: TrackedRun['status'] | undefined;
  search: string;
  /** `metrics.loss asc`; newest first where it is not given. */
  order_by: string | undefined;
}
const pageSize = 50;

/** Tracked runs as the filter wants them; `more` loads the next page. */
export function useTrackedRuns(filter: Ref<RunsFilter>) {
  const { call } = useApi();
  const cursor = ref<string | null>(null);
  const page = async (after: string | undefined, signal?: AbortSignal) => {
    const { search, ...rest } = filter.value;
    const query = { ...rest, search: search.trim() || undefined, limit: pageSize, cursor: after };
    const { items, next_cursor } = await call(trackingRoutes.runs, { query }, { signal });
    cursor.value = next_cursor;
    return items;
  };
  const runs = useResource<readonly TrackedRun[]>(
    (signal) => page(undefined, signal),
    [() => ({ ...filter.value })],
  );
  // What began or ended may belong elsewhere in the list; other programs' runs are there after the next look.
  useLive(
    'runs',
    (message) => {
      if (message.type !== 'run.updated') return;
      const { run: told } = message;
      const known = runs.data.value?.find(({ run_id }) => run_id === told.run_id);
      if (!known || known.status !== withTold(known, told).status) return void runs.reload();
      runs.data.value = runs.data.value?.map((run) => (run === known ? withTold(run, told) : run));
    },
    runs.reload,
  );
  async function more(): Promise<void> {
    if (!cursor.value) return;
    const older = await page(cursor.value);
    runs.data.value = [...(runs.data.value ?? []), ...older];
  }
  return { runs, more, hasMore: cursor };
}

/** One experiment, where one is chosen. */
export function useExperiment(id: () => string | undefined) {
  const { call } = useApi();
  return useResource<Experiment | undefined>(
    async (signal) => {
      const experiment_id = id();
      return experiment_id === undefined
        ? undefined
        : call(trackingRoutes.experiment, { params: { experiment_id } }, { signal });
    },
    [id],
  );
}

/** Experiments to choose from; `renew` looks again. */
export function useExperimentOptions(lifecycle: () => TrackedRun['lifecycle']) {
  const { call } = useApi();
  const looks = ref(0);
  const load = computed((): LoadOptions<string | undefined> => {
    const known = { lifecycle: lifecycle(), look: looks.value };
    return async (query, signal) => {
      const asked = { ...query, lifecycle: known.lifecycle };
      const { items, next_cursor } = await call(trackingRoutes.experiments, { query: asked }, { signal });
      const options = items.map(({ experiment_id: value, name, runs }) => ({
        value,
        label: `${name} (${runs})`,
      }));
      return { options, next: next_cursor };
    };
  });
  const renew = (): void => {
    looks.value += 1;
  };
  return { load, renew };
}

/** Several runs by their ids, in that order. */
export function useRunsByIds(ids: () => readonly string[]) {
  const { call } = useApi();
  return useResource<readonly TrackedRun[]>(
    (signal) =>
      Promise.all(ids().map((run_id) => call(trackingRoutes.run, { params: { run_id } }, { signal }))),
    [() => ids().join(',')],
  );
}
