import { expect, it } from 'vitest';
import { asFailure, Failure, failureCodes, isParticular, Waiting, waitingCodes } from './failures.ts';

it('has every code once', () => {
  expect(new Set([...failureCodes, ...waitingCodes]).size).toBe(failureCodes.length + waitingCodes.length);
});

it('takes what a node of another version tells', () => {
  const told = { code: 'job.new_trouble', message: 'Something new.' };
  expect(Failure.parse(asFailure(told))).toEqual({
    code: 'job.failed',
    message: 'Something new.',
    details: {},
  });
  const known = { code: 'job.gang_broken', message: 'No.', details: { cause: 'job.timeout' } };
  expect(Failure.parse(asFailure(known))).toEqual(known);
});

it('shows the own words of failures that have some', () => {
  expect(isParticular('job.failed')).toBe(true);
  expect(isParticular('model.unreadable')).toBe(true);
  expect(isParticular('job.timeout')).toBe(false);
  expect(isParticular('internal')).toBe(false);
});

it('names what a waiting job needs', () => {
  const reason = { code: 'waiting.gpus_busy', message: 'Waits.', details: { gpus: 2 } };
  expect(Waiting.parse(reason)).toEqual(reason);
  expect(Waiting.safeParse({ ...reason, details: {} }).success).toBe(false);
});
