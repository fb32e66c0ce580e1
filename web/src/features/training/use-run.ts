import { type TrainingRun, trainingRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useResource } from '../../api/use-resource.ts';
import { emptyFeed, type RunFeed, withHeard, withMessage } from './run-feed.ts';

/** One run, kept true by live messages, and what can be done with it. */
export function useRun(id: () => string) {
  const { call } = useApi();
  const params = () => ({ params: { session_id: id() } });
  let heard: TrainingRun | undefined;
  const run = useResource(
    async (signal) => {
      heard = undefined;
      const loaded = await call(trainingRoutes.run, params(), { signal });
      // Told while the answer was on its way, and so newer.
      return heard ?? loaded;
    },
    [id],
  );
  useLive(
    'runs',
    (message) => {
      if (message.type !== 'run.updated' || message.run.session_id !== id()) return;
      heard = message.run;
      if (run.data.value) run.data.value = message.run;
    },
    run.reload,
  );
  return { run, stop: () => call(trainingRoutes.stop, params()) };
}

/** Metrics, steps and logs of a run: loaded, then continued live; nothing lost or doubled by a cut. */
export function useRunFeed(id: () => string) {
  const { call } = useApi();
  let heard: RunFeed = emptyFeed;
  const feed = useResource(
    async (signal): Promise<RunFeed> => {
      heard = emptyFeed;
      const params = { session_id: id() };
      const [epochs, steps, logs] = await Promise.all([
        call(trainingRoutes.history, { params }, { signal }),
        call(trainingRoutes.steps, { params }, { signal }),
        call(trainingRoutes.logs, { params, query: { limit: 1000 } }, { signal }),
      ]);
      return withHeard({ epochs, steps, logs }, heard);
    },
    [id],
  );
  useLive(
    () => `run:${id()}` as `run:${string}`,
    (message) => {
      if (feed.loading.value) heard = withMessage(heard, message);
      if (feed.data.value) feed.data.value = withMessage(feed.data.value, message);
    },
    feed.reload,
  );
  return feed;
}
