import { type LiveMessage, type SeriesLine, trackingRoutes } from '@hearth/contract';
import { computed, type Ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { type Resource, useResource } from '../../api/use-resource.ts';
import { extended, type Range } from './line.ts';

type RunPoints = Extract<LiveMessage, { type: 'run.points' }>;
const after = (lines: readonly SeriesLine[], { run_id, points }: RunPoints): SeriesLine[] =>
  lines.map((line) => (line.run_id === run_id ? extended(line, points) : line));

/** Lines of some metrics of some runs: loaded (in a range of steps exactly, as far as that can be drawn), then live. */
export function useLines(
  runIds: () => readonly string[],
  keys: () => readonly string[],
  range: Ref<Range | undefined>,
): Resource<readonly SeriesLine[]> {
  const { call } = useApi();
  const wanted = computed(() => JSON.stringify([runIds(), keys()]));
  /** What was told while an answer was on its way. */
  let heard: RunPoints[] = [];
  const lines = useResource<readonly SeriesLine[]>(
    async (signal) => {
      heard = [];
      if (runIds().length === 0) return [];
      const run_ids = runIds().join(',');
      const query = range.value ? { from: Math.ceil(range.value.from), to: Math.floor(range.value.to) } : {};
      const answers = keys().map((key) =>
        call(trackingRoutes.compare, { query: { ...query, key, run_ids } }, { signal }),
      );
      const loaded = (await Promise.all(answers)).flatMap(({ items }) => items);
      return range.value ? loaded : heard.reduce(after, loaded);
    },
    [wanted],
  );
  const take = (message: LiveMessage): void => {
    // A zoomed chart shows what was; it is loaded anew when it is left.
    if (message.type !== 'run.points' || range.value) return;
    if (lines.loading.value) heard.push(message);
    if (lines.data.value) lines.data.value = after(lines.data.value, message);
  };
  for (let i = 0; i < mostFollowed; i++)
    useLive(() => (runIds()[i] ? (`run:${runIds()[i]}` as const) : undefined), take, lines.reload);
  return lines;
}
/** So many runs of a comparison are followed live. */
const mostFollowed = 10;
