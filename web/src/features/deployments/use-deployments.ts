import { type Deployment, inferenceRoutes, type LiveMessage } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { type RowChange, useLiveRows } from '../../api/use-live-rows.ts';
import { useResource } from '../../api/use-resource.ts';

const change = (message: LiveMessage): RowChange<Deployment> | undefined => {
  if (message.type === 'deployment.updated') return { row: message.deployment };
  return message.type === 'deployment.removed' ? { removed: message.id } : undefined;
};

/** What is deployed, kept true by live messages. */
export function useDeployments() {
  const { call } = useApi();
  return useLiveRows<Deployment>({
    topic: 'deployments',
    load: (signal) => call(inferenceRoutes.list, {}, { signal }),
    keyOf: ({ id }) => id,
    change,
  });
}

/** One deployment; `removed` is called when somebody takes it down. */
export function useDeployment(id: () => string, removed: () => void) {
  const { call } = useApi();
  const params = () => ({ params: { id: id() } });
  let heard: Deployment | undefined;
  const deployment = useResource(
    async (signal) => {
      heard = undefined;
      const loaded = await call(inferenceRoutes.get, params(), { signal });
      return heard ?? loaded;
    },
    [id],
  );
  useLive(
    'deployments',
    (message) => {
      if (message.type === 'deployment.removed' && message.id === id()) removed();
      if (message.type !== 'deployment.updated' || message.deployment.id !== id()) return;
      heard = message.deployment;
      deployment.data.value = message.deployment;
    },
    deployment.reload,
  );
  return { deployment, remove: () => call(inferenceRoutes.remove, params()) };
}
