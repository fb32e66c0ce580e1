import { type Job, jobRoutes, type Node, nodeRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLiveRows } from '../../api/use-live-rows.ts';
import { useResource } from '../../api/use-resource.ts';
import { useSession } from '../../api/use-session.ts';

const isOpen = ({ state }: Job): boolean => state === 'queued' || state === 'running';

/** All jobs that wait or are at work, live, and the names of machines. */
export function useQueue() {
  const { call } = useApi();
  const session = useSession();
  const jobs = useLiveRows<Job>({
    topic: 'jobs',
    load: async (signal) => {
      const pages = (['running', 'queued'] as const).map((state) => loadAll(state, signal));
      return (await Promise.all(pages)).flat();
    },
    keyOf: (job) => job.id,
    change: (message) => (message.type === 'job.updated' ? { row: message.job } : undefined),
    accepts: isOpen,
  });
  async function loadAll(state: 'running' | 'queued', signal: AbortSignal): Promise<Job[]> {
    const all: Job[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await call(jobRoutes.list, { query: { state, limit: 200, cursor } }, { signal });
      all.push(...page.items);
      if (!page.next_cursor || all.length >= 1000) return all;
      cursor = page.next_cursor;
    }
  }
  const nodes = useResource(
    async (signal): Promise<readonly Node[]> =>
      session.can('nodes.read') ? call(nodeRoutes.list, {}, { signal }) : [],
  );
  const nameOf = (id: string | null): string => nodes.data.value?.find((node) => node.id === id)?.name ?? '—';
  const stop = (job: Job) => call(jobRoutes.cancel, { params: { id: job.id } });
  return { jobs, nameOf, stop };
}
