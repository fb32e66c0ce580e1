import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { Brake, mostAheadBytes } from './brake.ts';

const mb = 1024 * 1024;

function setUp() {
  const done: string[] = [];
  const pause = () => ({ pause: () => void done.push('pause'), resume: () => void done.push('resume') });
  const onLook = vi.fn();
  return { done, onLook, brake: new Brake({ pause, onLook, log: pino({ level: 'silent' }) }) };
}

it('lets a program run that is not far ahead, and looks more often where it comes near', async () => {
  const { done, onLook, brake } = setUp();
  for (const bytes of [0, 5 * mb, 8 * mb]) brake.see(bytes);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(onLook).not.toHaveBeenCalled();
  brake.see(9 * mb);
  await expect.poll(() => onLook.mock.calls.length).toBe(1);
  expect(done).toEqual([]);
});

it('holds it up when it is too far ahead, or would be by the next look, and lets it go at half', () => {
  const { done, brake } = setUp();
  for (const bytes of [30 * mb, 45 * mb, 54 * mb, 54 * mb, mostAheadBytes + 1]) brake.see(bytes);
  expect(done).toEqual(['pause']);
  for (const bytes of [60 * mb, 33 * mb]) brake.see(bytes);
  expect(done).toEqual(['pause']);
  brake.see(32 * mb);
  expect(done).toEqual(['pause', 'resume']);
  brake.see(10 * mb);
  brake.see(38 * mb);
  expect(done).toEqual(['pause', 'resume', 'pause']);
  brake.release();
});

it('takes hold of whatever goes on writing, and lets all go at the end', () => {
  const { done, brake } = setUp();
  for (const bytes of [70 * mb, 70 * mb, 71 * mb, 71 * mb, 69 * mb]) brake.see(bytes);
  expect(done).toEqual(['pause', 'pause']);
  brake.release();
  brake.release();
  expect(done).toEqual(['pause', 'pause', 'resume']);
});

it('holds a program up before it has written much, until it is released or looked at', () => {
  const { done, brake } = setUp();
  brake.hold();
  brake.release();
  expect(done).toEqual(['pause', 'resume']);
  brake.hold();
  brake.see(5 * mb);
  expect(done.slice(2)).toEqual(['pause', 'resume']);
});
