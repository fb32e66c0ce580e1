import type { Deployment, DeploymentReport } from '@hearth/contract';
import type { DeploymentRow } from './deployments.repository.ts';

interface Around {
  state: Deployment['state'];
  report: DeploymentReport | undefined;
  active: number;
  failure: string | undefined;
  nodeNames: ReadonlyMap<string, string>;
}

export function asDeployment(
  row: DeploymentRow,
  { state, report, active, failure, nodeNames }: Around,
): Deployment {
  const isStarting = state === 'starting';
  return {
    id: row.id,
    name: row.name,
    state,
    task: row.task,
    target:
      row.kind === 'endpoint'
        ? { kind: 'endpoint', base_url: row.baseUrl, model: row.endpointModel }
        : {
            kind: 'model',
            model_name: row.modelName,
            version: row.modelVersion,
            node_id: row.nodeId,
            node_name: nodeNames.get(row.nodeId) ?? '',
          },
    // What the node has just reported may not be stored yet: a deployment that is ready is never without its facts.
    chats: report?.chats ?? row.chats,
    inputs: report?.inputs ?? row.inputs,
    classes: report?.classes ?? row.classes,
    context_length: report?.contextLength ?? row.contextLength,
    progress: isStarting ? (report?.progress ?? null) : null,
    error_message: failure ?? (state === 'failed' ? (report?.error ?? null) : null),
    active_requests: active,
    created_at: row.createdAt.toISOString(),
  };
}
