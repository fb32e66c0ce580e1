import type { Dataset, Deployment, Pull, TrainingRun } from '@hearth/contract';
import { remember, remembered } from '../../ui/remember.ts';

export const firstSteps = ['data', 'train', 'deploy', 'talk'] as const;
export type FirstStep = (typeof firstSteps)[number];

/** The server does not keep conversations of the playground, so this device remembers that there was one. */
export const markTalked = (): void => remember('talked', 'yes');
export const hasTalked = (): boolean => remembered('talked') === 'yes';

export interface Known {
  datasets: readonly Dataset[];
  runs: readonly TrainingRun[];
  pulls: readonly Pull[];
  deployments: readonly Deployment[];
  talked: boolean;
}

/** Which steps are done, by what is really there. A pulled model stands in for data and training. */
export function stepsDone({ datasets, runs, pulls, deployments, talked }: Known): Record<FirstStep, boolean> {
  const pulled = pulls.some((pull) => pull.state === 'completed');
  const trained = runs.some((run) => run.status === 'completed');
  return {
    data: datasets.length > 0 || runs.length > 0 || pulled,
    train: trained || pulled,
    deploy: deployments.length > 0,
    talk: talked,
  };
}
