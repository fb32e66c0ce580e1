import type { Deployment, JobState, Pull, TrainingRun } from '@hearth/contract';
import type { RouteLocationRaw } from 'vue-router';

export interface Activity {
  key: string;
  at: string;
  kind: 'run' | 'pull' | 'deployment';
  /** What happened, as a catalogue key below `overview.event`. */
  event: `run.${JobState}` | `pull.${JobState}` | 'deployment.created';
  subject: string;
  to: RouteLocationRaw;
}

const runTitle = ({ config }: TrainingRun): string => `${config.model_architecture} · ${config.dataset_name}`;

/** The newest happenings across subjects, newest first. */
export function activityOf(
  runs: readonly TrainingRun[],
  pulls: readonly Pull[],
  deployments: readonly Deployment[],
  count = 8,
): Activity[] {
  const all: Activity[] = [
    ...runs.map((run) => ({
      key: `${run.session_id}${run.status}`,
      at: run.finished_at ?? run.started_at ?? run.created_at,
      kind: 'run' as const,
      event: `run.${run.status}` as const,
      subject: runTitle(run),
      to: `/runs/${run.session_id}`,
    })),
    ...pulls.map((pull) => ({
      key: `${pull.id}${pull.state}`,
      at: pull.finished_at ?? pull.created_at,
      kind: 'pull' as const,
      event: `pull.${pull.state}` as const,
      subject: pull.model_name,
      to: pull.state === 'completed' ? `/models/${encodeURIComponent(pull.model_name)}` : '/models',
    })),
    ...deployments.map((deployment) => ({
      key: deployment.id,
      at: deployment.created_at,
      kind: 'deployment' as const,
      event: 'deployment.created' as const,
      subject: deployment.name,
      to: '/deployments',
    })),
  ];
  return all.sort((a, b) => b.at.localeCompare(a.at)).slice(0, count);
}
