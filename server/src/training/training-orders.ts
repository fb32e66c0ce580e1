import type { TrainingConfig, TrainingPayload } from '@hearth/contract';
import type { PlainOrder } from '../jobs/orders.service.ts';
import type { NewRun } from '../tracking/tracking.service.ts';

/** The jobs of a session: one, or one for each machine that shall train with the others. */
export function jobOrders(payload: TrainingPayload, createdBy: string): PlainOrder[] {
  const { config, dataset } = payload;
  const order: PlainOrder = {
    kind: 'training',
    title: `${config.model_architecture} on ${dataset.name}`,
    priority: config.priority ?? 0,
    gpuCount: config.gpus ?? 0,
    payload,
    createdBy,
  };
  return Array.from({ length: config.nodes ?? 1 }, () => order);
}

/** The run that a session's metrics, params and files belong to. */
export const trackedRun = (sessionId: string, config: TrainingConfig, createdBy: string): NewRun => ({
  experiment: { name: config.experiment ?? 'Default' },
  name: `${config.model_architecture} on ${config.dataset_name}`,
  status: 'SCHEDULED',
  params: configParams(config),
  tags: { 'hearth.session_id': sessionId, 'mlflow.source.name': config.model_architecture },
  sessionId,
  createdBy,
});

/** The configuration as params: what differs between two runs can then be searched and compared. */
const configParams = ({ options = {}, ...config }: TrainingConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...config, ...options }).map(([name, value]) => [name, String(value).slice(0, 6000)]),
  );
