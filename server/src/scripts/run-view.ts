import type { JobState, ScriptPayload, ScriptResult, ScriptRun, ScriptStatus } from '@hearth/contract';
import type { JobView } from '../jobs/jobs.service.ts';

const statusOf: Record<JobState, ScriptStatus> = {
  queued: 'pending',
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  stopped: 'cancelled',
};
export const jobStateOf: Record<ScriptStatus, JobState> = {
  pending: 'queued',
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'stopped',
};
export const hasEnded = ({ state }: Pick<ScriptRun, 'state'>): boolean =>
  state !== 'queued' && state !== 'running';

export function asRun(payload: ScriptPayload, job: JobView, nodeName: string | undefined): ScriptRun {
  const { scriptName, asked, timeoutMs, program } = payload;
  return {
    run_id: job.id,
    script_name: scriptName,
    status: statusOf[job.state],
    state: job.state,
    stopping: job.stopping,
    ...asked,
    timeout: timeoutMs === null ? null : timeoutMs / 1000,
    return_code: job.exit_code,
    error: job.error?.message ?? null,
    failure: job.error,
    waiting: job.waiting,
    code_digest: program.code.digest,
    created_by: job.created_by,
    created_at: job.created_at,
    started_at: job.started_at,
    completed_at: job.finished_at,
    node_name: nodeName ?? null,
  };
}

/** What a program wrote to its two streams, as far as it is kept. */
export interface Output {
  stdout: string;
  stderr: string;
}
export const noOutput: Output = { stdout: '', stderr: '' };

/** Document 001's form of a run. */
export function asResult(name: string, job: JobView, output: Output): ScriptResult {
  return {
    script_name: name,
    status: statusOf[job.state],
    return_code: job.exit_code,
    ...output,
    started_at: job.started_at,
    completed_at: job.finished_at,
    ...(job.error ? { error: job.error.message } : {}),
    run_id: job.id,
  };
}

/** Document 001's form of how a run stands: what there is only at its end is left out before. */
export function asStatus(run: ScriptRun, output: Partial<Output> = {}) {
  const { status, started_at, command, completed_at, return_code, error } = run;
  return {
    status,
    started_at,
    command,
    ...(completed_at === null ? {} : { completed_at, return_code, ...output }),
    ...(error === null ? {} : { error }),
  };
}
