import { expect, it } from 'vitest';
import { Events } from './events.ts';

interface News {
  grown: { by: number };
}

it('tells every listener, whatever the others do, until they leave', async () => {
  const failures: unknown[] = [];
  const heard: number[] = [];
  const events = new Events<News>((error) => failures.push(error));
  events.on('grown', () => {
    throw new Error('at once');
  });
  events.on('grown', () => Promise.reject(new Error('later')));
  const leave = events.on('grown', ({ by }) => heard.push(by));
  events.emit('grown', { by: 1 });
  leave();
  events.emit('grown', { by: 2 });
  expect(heard).toEqual([1]);
  await expect.poll(() => failures.map(String)).toContain('Error: later');
  expect(failures.map(String)).toContain('Error: at once');
});
