import type { Job } from '@hearth/contract';
import { expect, test } from 'vitest';
import { atWork, fractionOf, inQueueOrder, pageOf } from './queue-order.ts';

const job = (n: number, more: Partial<Job> = {}): Job => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  kind: 'training',
  title: `job ${n}`,
  subject: 'sess_000000000001',
  state: 'queued',
  stopping: false,
  priority: 0,
  node_id: null,
  attempt: 1,
  progress: null,
  error: null,
  exit_code: null,
  gpus: [],
  ...{ waiting_for: null, waiting: null },
  created_by: null,
  created_at: `2026-01-01T00:00:0${n}.000Z`,
  started_at: null,
  finished_at: null,
  ...more,
});
const titles = (jobs: readonly Job[]) => jobs.map(({ title }) => title);

test('larger priorities first, older first among equals', () => {
  const jobs = [job(3), job(1), job(2, { priority: 5 }), job(4, { state: 'running' })];
  expect(titles(inQueueOrder(jobs))).toEqual(['job 2', 'job 1', 'job 3']);
  expect(titles(atWork(jobs))).toEqual(['job 4']);
});

test('leads to what a job works for', () => {
  expect(pageOf(job(1))).toEqual({ name: 'run', params: { id: 'sess_000000000001' } });
  const script = job(2, { kind: 'script', subject: 'predictor.py' });
  expect(pageOf(script)).toEqual({ name: 'script-run', params: { name: 'predictor.py', id: script.id } });
});

test('says nothing of a way whose length is not known', () => {
  expect(fractionOf(job(1))).toBeNull();
  expect(fractionOf(job(1, { progress: { done: 5, total: null, unit: 'bytes' } }))).toBeNull();
  expect(fractionOf(job(1, { progress: { done: 5, total: 20, unit: 'epochs' } }))).toBe(0.25);
});
