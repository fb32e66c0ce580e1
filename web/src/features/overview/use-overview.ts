import {
  type Dataset,
  type Deployment,
  inferenceRoutes,
  type Pull,
  registryRoutes,
  type TrainingRun,
  trainingRoutes,
} from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLiveRows } from '../../api/use-live-rows.ts';
import { type Resource, useResource } from '../../api/use-resource.ts';
import { useSession } from '../../api/use-session.ts';

const idOf = (row: { id: string }): string => row.id;

export interface Overview {
  runs: Resource<readonly TrainingRun[]>;
  deployments: Resource<readonly Deployment[]>;
  pulls: Resource<readonly Pull[]>;
  datasets: Resource<readonly Dataset[]>;
}

/** What the overview shows besides machines, as far as this person may see it. */
export function useOverview(): Overview {
  const { call } = useApi();
  const session = useSession();
  const runs = useLiveRows<TrainingRun>({
    topic: session.can('training.read') ? 'runs' : undefined,
    async load(signal) {
      // A run may be active and yet not among the newest.
      const queries = [{ limit: 10 }, { status: 'running' as const }, { status: 'queued' as const }];
      const pages = await Promise.all(
        queries.map((query) => call(trainingRoutes.runs, { query }, { signal })),
      );
      return [...new Map(pages.flatMap((page) => page.items).map((run) => [run.session_id, run])).values()];
    },
    keyOf: (run) => run.session_id,
    change: (message) => (message.type === 'run.updated' ? { row: message.run } : undefined),
  });
  const deployments = useLiveRows<Deployment>({
    topic: session.can('deployments.read') ? 'deployments' : undefined,
    load: (signal) => call(inferenceRoutes.list, {}, { signal }),
    keyOf: idOf,
    change(message) {
      if (message.type === 'deployment.updated') return { row: message.deployment };
      return message.type === 'deployment.removed' ? { removed: message.id } : undefined;
    },
  });
  const pulls = useLiveRows<Pull>({
    topic: session.can('registry.read') ? 'pulls' : undefined,
    load: (signal) => call(registryRoutes.listPulls, {}, { signal }),
    keyOf: idOf,
    change: (message) => (message.type === 'pull.updated' ? { row: message.pull } : undefined),
  });
  const datasets = useResource<readonly Dataset[]>(async (signal) =>
    session.can('registry.read') ? call(registryRoutes.listDatasets, {}, { signal }) : [],
  );
  return { runs, deployments, pulls, datasets };
}
