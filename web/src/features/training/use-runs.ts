import { type JobState, type TrainingRun, trainingRoutes } from '@hearth/contract';
import { type Ref, ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLiveRows } from '../../api/use-live-rows.ts';

export interface RunFilter {
  status: JobState | 'all';
  search: string;
}
const pageSize = 50;

/** Runs newest first, filtered by the server, kept true by live messages; `more` loads older ones. */
export function useRuns(filter: Ref<RunFilter>) {
  const { call } = useApi();
  const cursor = ref<string | null>(null);
  const loadingMore = ref(false);
  const page = async (after: string | undefined, signal?: AbortSignal) => {
    const { status, search } = filter.value;
    const query = {
      limit: pageSize,
      cursor: after,
      status: status === 'all' ? undefined : status,
      search: search.trim() || undefined,
    };
    const { items, next_cursor } = await call(trainingRoutes.runs, { query }, { signal });
    cursor.value = next_cursor;
    return items;
  };
  const runs = useLiveRows<TrainingRun>({
    topic: 'runs',
    load: (signal) => page(undefined, signal),
    keyOf: (run) => run.session_id,
    change: (message) => (message.type === 'run.updated' ? { row: message.run } : undefined),
    accepts: (run) => matches(run, filter.value),
    sources: [() => filter.value.status, () => filter.value.search],
  });
  async function more(): Promise<void> {
    if (!cursor.value || loadingMore.value) return;
    loadingMore.value = true;
    try {
      const known = new Set(runs.data.value?.map((run) => run.session_id));
      const older = (await page(cursor.value)).filter((run) => !known.has(run.session_id));
      runs.data.value = [...(runs.data.value ?? []), ...older];
    } finally {
      loadingMore.value = false;
    }
  }
  const unqueue = (run: TrainingRun) =>
    call(trainingRoutes.unqueue, { params: { session_id: run.session_id } });
  return { runs, more, hasMore: cursor, loadingMore, unqueue };
}

/** Whether a changed run still belongs into the filtered list. */
function matches(run: TrainingRun, { status, search }: RunFilter): boolean {
  if (status !== 'all' && run.status !== status) return false;
  const { model_architecture, dataset_name } = run.config;
  const text = `${model_architecture} ${dataset_name} ${run.session_id} ${run.node_name ?? ''}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
