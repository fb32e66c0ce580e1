import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

const never = new AbortController().signal;
const first = () => 0;

it('lets as many in as there are lanes, in the order they came', async () => {
  const lanes = new Lanes(['a', 'b']);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const work = (n: number) =>
    lanes.use(never, first, async () => {
      order.push(n);
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
    });
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map(work));
  expect(order).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(2);
});

it('gives a lane back after a failure, and lets go of who gives up waiting', async () => {
  const lanes = new Lanes(['only']);
  await expect(lanes.use(never, first, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const hold = Promise.withResolvers<void>();
  const holder = lanes.use(never, first, () => hold.promise);
  const abort = new AbortController();
  const waiting = lanes.use(abort.signal, first, async () => 'never');
  const after = lanes.use(never, first, async (lane) => lane);
  abort.abort();
  await expect(waiting).rejects.toThrow('abort');
  hold.resolve();
  await holder;
  expect(await after).toBe('only');
});

it('refuses more than may wait', async () => {
  const lanes = new Lanes(['only'], 1);
  const hold = Promise.withResolvers<void>();
  const running = [lanes.use(never, first, () => hold.promise), lanes.use(never, first, () => hold.promise)];
  await expect(lanes.use(never, first, () => hold.promise)).rejects.toMatchObject({ code: 'inference.busy' });
  hold.resolve();
  await Promise.all(running);
});
