import { type LiveMessage, type LiveTopic, type TrainingRun, trainingRoutes } from '@hearth/contract';
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
  return {
    run,
    stop: () => call(trainingRoutes.stop, params()),
    resume: (from_start: boolean) => call(trainingRoutes.resume, { ...params(), body: { from_start } }),
  };
}

/**
 * Metrics, steps and logs of a run: loaded, then continued live; nothing lost or doubled by a cut. Live news come by
 * the tracked run and by the job of the newest attempt, so they begin once the run is known.
 */
export function useRunFeed(id: () => string, run: () => TrainingRun | undefined) {
  const { call } = useApi();
  let heard: RunFeed = emptyFeed;
  const feed = useResource(
    async (signal): Promise<RunFeed> => {
      heard = emptyFeed;
      const params = { session_id: id() };
      const [epochs, logs] = await Promise.all([
        call(trainingRoutes.history, { params }, { signal }),
        call(trainingRoutes.logs, { params, query: { limit: 1000 } }, { signal }),
      ]);
      return withHeard({ epochs, steps: [], logs }, heard);
    },
    [id],
  );
  const take = (message: LiveMessage): void => {
    const listener = { session_id: id() };
    if (feed.loading.value) heard = withMessage(heard, message, listener);
    if (feed.data.value) feed.data.value = withMessage(feed.data.value, message, listener);
  };
  const followed = (topic: 'run' | 'job', of: string | undefined) => of && (`${topic}:${of}` as LiveTopic);
  useLive(() => followed('run', run()?.run_id) || undefined, take, feed.reload);
  useLive(() => followed('job', run()?.job_id) || undefined, take, feed.reload);
  return feed;
}
