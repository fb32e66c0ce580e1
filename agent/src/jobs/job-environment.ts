import { inheritedEnvironment, jobMarker } from '../config.ts';
import type { Assignment } from './job-directory.ts';

/**
 * The environment of a job's processes: of the agent's own what concerns any program (never its secrets), then what
 * the job is and how it reaches the server. `own` is the program's, and cannot pass for the latter.
 */
export function jobEnvironment(
  assignment: Assignment,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { jobId, jobToken, serverUrl, payload, gpus, gang } = assignment;
  const environment: Record<string, string> = {
    ...inheritedEnvironment(),
    ...own,
    [jobMarker]: jobId,
    HEARTH_URL: serverUrl,
    HEARTH_JOB_TOKEN: jobToken,
  };
  if (payload.kind === 'training')
    Object.assign(environment, {
      MLFLOW_TRACKING_URI: serverUrl,
      MLFLOW_RUN_ID: payload.runId,
      MLFLOW_TRACKING_TOKEN: jobToken,
    });
  // The numbers are those of nvidia-smi, which counts along the bus; CUDA itself puts the fastest first.
  if (gpus.length > 0)
    Object.assign(environment, {
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: gpus.join(','),
    });
  if (gang)
    Object.assign(environment, {
      MASTER_ADDR: gang.masterAddress,
      MASTER_PORT: String(gang.masterPort),
      NODE_RANK: String(gang.rank),
      NNODES: String(gang.size),
    });
  return environment;
}
