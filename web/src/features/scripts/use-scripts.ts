import { type Script, type ScriptRun, scriptRoutes } from '@hearth/contract';
import { type Ref, ref } from 'vue';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useLiveRows } from '../../api/use-live-rows.ts';
import { useResource } from '../../api/use-resource.ts';

/** Scripts and what is wrong with their manifests, live. */
export function useScripts() {
  const { call } = useApi();
  const problems = ref<readonly string[]>([]);
  const scripts = useLiveRows<Script>({
    topic: 'scripts',
    load: async (signal) => {
      const answer = await call(scriptRoutes.list, {}, { signal });
      problems.value = answer.problems;
      return answer.items;
    },
    keyOf: (script) => script.name,
    change: (message) => (message.type === 'script.updated' ? { row: message.script } : undefined),
  });
  return { scripts, problems };
}

/** The runs of one script, newest first, live; `more` loads older ones. */
export function useScriptRuns(name: () => string) {
  const { call } = useApi();
  const cursor = ref<string | null>(null);
  const page = async (after: string | undefined, signal?: AbortSignal) => {
    const query = { script_name: name(), limit: 20, cursor: after };
    const { items, next_cursor } = await call(scriptRoutes.runs, { query }, { signal });
    cursor.value = next_cursor;
    return items;
  };
  const runs = useLiveRows<ScriptRun>({
    topic: 'scripts',
    load: (signal) => page(undefined, signal),
    keyOf: (run) => run.run_id,
    change: (message) =>
      message.type === 'script.run.updated' && message.run.script_name === name()
        ? { row: message.run }
        : undefined,
    sources: [name],
  });
  async function more(): Promise<void> {
    if (!cursor.value) return;
    const older = await page(cursor.value);
    const known = new Set(runs.data.value?.map((run) => run.run_id));
    runs.data.value = [...(runs.data.value ?? []), ...older.filter((run) => !known.has(run.run_id))];
  }
  return { runs, more, hasMore: cursor as Ref<string | null> };
}

/** One run, live. */
export function useScriptRun(id: () => string) {
  const { call } = useApi();
  let heard: ScriptRun | undefined;
  const run = useResource(
    async (signal) => {
      heard = undefined;
      const loaded = await call(scriptRoutes.getRun, { params: { run_id: id() } }, { signal });
      // Told while the answer was on its way, and so newer.
      return heard ?? loaded;
    },
    [id],
  );
  useLive(
    'scripts',
    (message) => {
      if (message.type !== 'script.run.updated' || message.run.run_id !== id()) return;
      heard = message.run;
      if (run.data.value) run.data.value = message.run;
    },
    run.reload,
  );
  return run;
}
