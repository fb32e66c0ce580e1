import { trackingRoutes } from '@hearth/contract';
import { computed } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useResource } from '../../api/use-resource.ts';

/** The names of all metrics that any of these runs has, with those that come while one looks. */
export function useMetricKeys(runIds: () => readonly string[]) {
  const { call } = useApi();
  const keys = useResource<ReadonlySet<string>>(
    async (signal) => {
      const answers = runIds().map((run_id) =>
        call(trackingRoutes.series, { params: { run_id } }, { signal }),
      );
      return new Set((await Promise.all(answers)).flatMap(({ items }) => items.map(({ key }) => key)));
    },
    [computed(() => runIds().join(','))],
  );
  useLive(
    () => (runIds().length === 1 && runIds()[0] ? (`run:${runIds()[0]}` as const) : undefined),
    (message) => {
      const known = keys.data.value;
      if (message.type !== 'run.points' || !known) return;
      const fresh = message.points.map(({ key }) => key).filter((key) => !known.has(key));
      if (fresh.length > 0) keys.data.value = new Set([...known, ...fresh]);
    },
    keys.reload,
  );
  return keys;
}
