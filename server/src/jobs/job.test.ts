import { Job } from '@hearth/contract';
import { expect, it } from 'vitest';
import { asJob } from './job.ts';
import type { JobRecord } from './jobs.types.ts';

const at = new Date('2026-01-01T00:00:00.000Z');
const base = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'pull' as const,
  title: 'Fetch m',
  priority: 0,
  arrival: 1,
  payload: { kind: 'pull' as const, source: 'hf:o/r/f', modelName: 'm' },
  createdBy: null,
  attempt: 1,
  progress: null,
  createdAt: at,
  gpuCount: 0,
  gpus: [],
  gang: null,
  kept: {},
};
const ended = (error: { code: string; message: string }): JobRecord => ({
  ...base,
  state: 'finished',
  outcome: 'failed',
  error,
  exitCode: 1,
  result: null,
  nodeId: null,
  leaseId: null,
  ackedSeq: 2,
  startedAt: at,
  finishedAt: at,
});

it('shows failures that another version stored as the contract has them', () => {
  const known = Job.parse(asJob(ended({ code: 'pull.no_model', message: 'No model.' })));
  expect(known.error).toEqual({ code: 'pull.no_model', message: 'No model.', details: {} });
  const foreign = Job.parse(asJob(ended({ code: 'job.of_tomorrow', message: 'Words.' })));
  expect(foreign.error).toEqual({ code: 'job.failed', message: 'Words.', details: {} });
});

it('says why a job waits twice: as a sentence and with its code', () => {
  const waiting = { code: 'waiting.gpus_busy' as const, message: 'Waits.', details: { gpus: 1 } };
  expect(Job.parse(asJob({ ...base, state: 'queued', waiting }))).toMatchObject({
    waiting_for: 'Waits.',
    waiting,
  });
  expect(asJob({ ...base, state: 'queued', waiting: null })).toMatchObject({
    waiting_for: null,
    waiting: null,
  });
});
