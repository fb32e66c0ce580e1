import { type JobEvent, type JobState, type Route, routes, TrainingConfig, urlOf } from '@hearth/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storable } from '../platform/storable.ts';
import { anyPieces, anyText, codeOf, openStage, runOf, type Stage, tell } from '../testing/property-stage.ts';
import { epochEnded, eventAt, finished, started } from '../testing/scripted-agent.ts';
import { type Assignment, digestOf, startRun } from '../testing/story.ts';

const { training, registry } = routes;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const anyConfig = fc.record(
  {
    learning_rate: fc.double({ min: 0.0001, max: 1, noNaN: true }),
    batch_size: fc.integer({ min: 1, max: 256 }),
    epochs: fc.integer({ min: 1, max: 1000 }),
    optimizer: fc.constantFrom('adam' as const, 'sgd' as const, 'rmsprop' as const, 'adamw' as const),
    loss_function: fc.constantFrom('cross_entropy' as const, 'mse' as const, 'mae' as const, 'bce' as const),
    seed: fc.nat(),
    priority: fc.integer({ min: -100, max: 100 }),
    validation_fraction: fc.double({ min: 0.01, max: 0.89, noNaN: true }),
  },
  { requiredKeys: ['learning_rate', 'batch_size', 'epochs'] },
);
const stateOf = async (session_id: string) =>
  (await stage.test.client(training.status, { params: { session_id } })).state;
const becomes = (session_id: string, state: JobState) =>
  expect.poll(() => stateOf(session_id), { timeout: 10_000, interval: 5 }).toBe(state);

async function handIn(job: Assignment): Promise<void> {
  const bytes = new Uint8Array(Buffer.from(`model of ${job.jobId}`));
  await stage.agent.putArtifact(job, 'model.onnx', bytes, digestOf(bytes));
}
const versionsOf = async (name: string) => {
  const answer = await stage.test
    .client(registry.modelVersions, { params: { name } })
    .catch((error: unknown) => (codeOf(error) === 'model.not_found' ? [] : Promise.reject(error)));
  return answer.map(({ lineage }) => (lineage.kind === 'run' ? lineage.session_id : undefined));
};

describe('training sessions', () => {
  const ids = new Set<string>();

  it('P1: any configuration within the ranges is taken, and stands in the session as it was given', async () => {
    await fc.assert(
      fc.asyncProperty(anyConfig, async (config) => {
        const { session_id } = await startRun(stage.test, config);
        const wanted = TrainingConfig.parse({
          ...config,
          model_architecture: 'mlp',
          dataset_name: 'flowers',
        });
        const [newest] = await stage.test.client(training.sessions, { query: { limit: 1 } });
        expect(newest).toMatchObject({ session_id, config: wanted });
        const { total_epochs } = await stage.test.client(training.status, { params: { session_id } });
        expect(total_epochs).toBe(config.epochs);
      }),
      { numRuns: 25 },
    );
  });

  it('P2: a session has an id of its own, of the documented form, however many start at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (count) => {
        const runs = await Promise.all(Array.from({ length: count }, () => startRun(stage.test)));
        for (const { session_id } of runs) {
          expect(session_id).toMatch(/^sess_[0-9a-f]{12}$/);
          expect(ids.has(session_id)).toBe(false);
          ids.add(session_id);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('P3: how a session ended is told alike everywhere, with its reason, and nothing later changes it', async () => {
    const outcomes = fc.constantFrom('completed' as const, 'failed' as const, 'stopped' as const);
    const later = fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 9 }).map(epochEnded),
        outcomes.map((outcome) => finished(outcome)),
      ),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(outcomes, anyText, later, anyPieces, async (outcome, message, more, pieces) => {
        const { session_id, job } = await stage.begin();
        await handIn(job);
        const error = outcome === 'failed' ? { code: 'job.failed', message } : null;
        const end: JobEvent = { type: 'finished', at: eventAt, outcome, error };
        await tell(stage.agent, job, [started(), epochEnded(1), end], pieces);
        await becomes(session_id, outcome);
        stage.agent.events(job, 4, more);
        await stage.agent.next('job.drop', ({ jobId }) => jobId === job.jobId, 10_000);
        const run = await runOf(stage.test, session_id);
        expect(run).toMatchObject({ status: outcome, current_epoch: 1 });
        if (error) expect(run.error_message).toBe(storable(message));
        const sessions = await stage.test.client(training.sessions, { query: { limit: 1 } });
        expect(sessions[0]).toMatchObject({ session_id, status: outcome });
        const found = await stage.test.client(routes.jobs.get, { params: { id: run.job_id } });
        expect(found.state).toBe(outcome);
        expect(await stateOf(session_id)).toBe(outcome);
      }),
      { numRuns: 20 },
    );
  });

  it('P4: a stop at any epoch ends the session as stopped, with the epochs until then; a second one is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(3), async (epochs, late) => {
        const { session_id, job } = await stage.begin();
        const rows = Array.from({ length: epochs }, (_, index) => epochEnded(index + 1));
        await tell(stage.agent, job, [started(), ...rows]);
        const params = { session_id };
        const stopping = stage.test.client(training.stop, { params });
        await stage.agent.next('job.cancel', ({ jobId }) => jobId === job.jobId, 10_000);
        expect(await runOf(stage.test, session_id)).toMatchObject({ status: 'running', stopping: true });
        const rest = Array.from({ length: late }, (_, index) => epochEnded(epochs + index + 1));
        stage.agent.events(job, epochs + 2, [...rest, finished('stopped')]);
        await stopping;
        expect(await stateOf(session_id)).toBe('stopped');
        const history = await stage.test.client(training.history, { params });
        expect(history).toHaveLength(epochs + late);
        const again = await stage.test.client(training.stop, { params }).catch(codeOf);
        expect(again).toBe('training.not_active');
      }),
      { numRuns: 12 },
    );
  });

  it('P5: the registry gains one version for each session that completes with a model, and for no other', async () => {
    const ends = fc.array(
      fc.record({
        outcome: fc.constantFrom('completed' as const, 'failed' as const, 'stopped' as const),
        hasModel: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(ends, async (all) => {
        const before = await versionsOf('logistic_flowers');
        const expected: string[] = [];
        for (const { outcome, hasModel } of all) {
          const { session_id, job } = await stage.begin({ model_architecture: 'logistic' });
          if (hasModel) await handIn(job);
          await tell(stage.agent, job, [started(), finished(outcome)]);
          const isMade = outcome === 'completed' && hasModel;
          await becomes(session_id, outcome === 'completed' && !hasModel ? 'failed' : outcome);
          expect((await runOf(stage.test, session_id)).model !== null).toBe(isMade);
          if (isMade) expected.unshift(session_id);
        }
        expect(await versionsOf('logistic_flowers')).toEqual([...expected, ...before]);
      }),
      { numRuns: 10 },
    );
  });

  it('P6: no route knows a session that nobody started', async () => {
    const anyRoute = fc.constantFrom(
      ...Object.values<Route>(training).filter((route) => route.path.includes(':session_id')),
    );
    const anyId = fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 12,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(anyRoute, anyId, async (route, hex) => {
        const url = stage.test.url + urlOf(route, { params: { session_id: `sess_${hex}` } });
        const headers = { authorization: `Bearer ${stage.test.adminToken}` };
        const { status } = await fetch(url, { method: route.method, headers });
        expect(status).toBe(404);
      }),
      { numRuns: 30 },
    );
  });
});
