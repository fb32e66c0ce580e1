import { type JobEvent, routes, type TrainingConfig } from '@hearth/contract';
import fc from 'fast-check';
import { patient } from './script-story.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { type Assignment, startRun, uploadDataset } from './story.ts';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.ts';

/** The real app with a data set and a machine that a test speaks for. */
export interface Stage {
  test: TestApp;
  agent: ScriptedAgent;
  /** Starts a run and answers it with what its machine was ordered to do. */
  begin(config?: Partial<TrainingConfig>): Promise<{ session_id: string; job: Assignment }>;
  close(): Promise<void>;
}

/** Room for every run that a property starts; none waits. */
const roomy = 1000;

export async function openStage(config: TestAppOptions['config'] = {}): Promise<Stage> {
  const lifted = { rateLimitPerMinute: 0, maxConcurrentSessions: roomy };
  const test = await startTestApp({ config: { ...lifted, ...config }, tuning: patient });
  await uploadDataset(test, 'flowers');
  const agent = await ScriptedAgent.connect(test);
  const begin = async (more: Partial<TrainingConfig> = {}) => {
    const { session_id } = await startRun(test, more);
    return { session_id, job: await assigned(agent, session_id) };
  };
  const close = async () => {
    await agent.close();
    await test.close();
  };
  return { test, agent, begin, close };
}

export const assigned = (agent: ScriptedAgent, sessionId: string): Promise<Assignment> =>
  agent.next(
    'job.assign',
    ({ payload }) => payload.kind === 'training' && payload.sessionId === sessionId,
    20_000,
  );

/** How a journal reaches the server: in pieces of any size, each going back over some that came before. */
export type Pieces = { size: number; back: number }[];
export const anyPieces: fc.Arbitrary<Pieces> = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 5 }), back: fc.nat(4) }),
  { maxLength: 6 },
);

/** Sends a whole journal in these pieces and waits until all of it is acknowledged. */
export async function tell(
  agent: ScriptedAgent,
  job: Assignment,
  events: JobEvent[],
  pieces: Pieces = [],
): Promise<void> {
  let told = 0;
  for (const { size, back } of [...pieces, { size: events.length, back: 2 }]) {
    const first = Math.max(0, told - back);
    told = Math.min(events.length, told + size);
    if (first < told) agent.events(job, first + 1, events.slice(first, told));
  }
  await agent.next('job.ack', (ack) => ack.jobId === job.jobId && ack.seq >= events.length, 20_000);
}

/** Text as people and programs write it, and as nobody should. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.constantFrom('\u{1F468}\u200D\u{1F469}', 'a\u0301', "'; drop table jobs; --", '\\', '\u0000', '\ud800'),
);

export const runOf = (test: TestApp, session_id: string) =>
  test.client(routes.training.run, { params: { session_id } });
export const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;
