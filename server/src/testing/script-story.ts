import type { JobEvent, OutputStream } from '@hearth/contract';
import { expect } from 'vitest';
import type { Tuning } from '../app.ts';
import { eventAt, type ScriptedAgent, started } from './scripted-agent.ts';
import type { Assignment } from './story.ts';
import type { TestApp } from './test-app.ts';

/** A machine that is busy with other tests is no reason to think that a played node is gone. */
export const patient: Tuning = { linkTimings: { heartbeatMs: 2_000, silentMs: 120_000 } };
const waitMs = 20_000;

export const wrote = (text: string, stream: OutputStream = 'stdout', offset = 0): JobEvent => ({
  type: 'output',
  at: eventAt,
  stream,
  offset,
  text,
});
type Finished = Extract<JobEvent, { type: 'finished' }>;
export const exited = (exitCode: number, over: Partial<Finished> = {}): JobEvent => ({
  type: 'finished',
  at: eventAt,
  outcome: exitCode === 0 ? 'completed' : 'failed',
  exitCode,
  error:
    exitCode === 0 ? null : { code: 'job.exit_code', message: `The program ended with code ${exitCode}.` },
  ...over,
});

/** The next script the agent is given. */
export async function nextScript(agent: ScriptedAgent, name?: string) {
  const fits = ({ payload }: Assignment) =>
    payload.kind === 'script' && (name === undefined || payload.scriptName === name);
  const job = await agent.next('job.assign', fits, waitMs);
  if (job.payload.kind !== 'script') throw new Error('This is no script.');
  return { ...job, payload: job.payload };
}

/** Plays a whole run. */
export async function playScript(
  agent: ScriptedAgent,
  job: Assignment,
  events: JobEvent[] = [exited(0)],
): Promise<void> {
  agent.events(job, 1, [started(), ...events]);
  await agent.acked(job, 1 + events.length);
}

/** What tests read of the answers under `/ml`; each has some of it. */
interface Told {
  run_id: string;
  message: string;
  data: Record<string, object> & { status?: string };
  result: { status: string };
  details: { argument?: number; fields: { path: string }[] };
}

/** A request as people send it, with nothing parsed but JSON. */
export async function send(test: TestApp, path: string, body?: unknown, over: RequestInit = {}) {
  const headers = { authorization: `Bearer ${test.adminToken}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(test.url + path, {
    ...init,
    ...over,
    headers: { ...headers, ...(over.headers as Record<string, string>) },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Told };
}

/** Document 001's calls, as the administrator. */
export const mlCalls = (test: () => TestApp) => ({
  run: (body: unknown, over?: RequestInit) => send(test(), '/ml/scripts/run', body, over),
  collect: (body: unknown = {}) => send(test(), '/ml/data-collector/run', body),
  train: (body: unknown = {}) => send(test(), '/ml/trainer/run', body),
  predict: (body: unknown = {}) => send(test(), '/ml/predictor/run', body),
  statusOf: async (name: string) => (await send(test(), `/ml/scripts/status/${name}`)).body.data,
  cancel: (name: string) => send(test(), `/ml/scripts/${name}/cancel`, {}),
});

/** A refusal in document 001's envelope. */
export const mlRefusal = (code: string) => ({
  status: 'error',
  error: expect.any(String) as string,
  timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  details: expect.objectContaining({ code }) as object,
});

/** Whether it has not been answered after a while in which it could have been. */
export const isPending = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(resolve, 100, true)),
  ]);
