import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onStopOrders } from './stop-orders.ts';

test('one Ctrl-C that arrives twice is one order; a second one hurries', async () => {
  const source = new EventEmitter();
  let time = 0;
  let hurried = false;
  const { stop, hurry } = onStopOrders(source, () => time);
  void hurry.then(() => {
    hurried = true;
  });
  source.emit('SIGINT');
  time = 100;
  source.emit('SIGINT');
  await stop;
  await Promise.resolve();
  expect(hurried).toBe(false);
  time = 900;
  source.emit('SIGINT');
  await hurry;
});
