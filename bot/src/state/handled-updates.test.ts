import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { newHome } from '../testing/running-bot.ts';
import { HandledUpdates } from './handled-updates.ts';

const log = pino({ level: 'silent' });

it('lets each update through once, also after a restart', () => {
  const path = join(newHome(), 'updates.json');
  const before = new HandledUpdates(path, log);
  expect([7, 8, 7].map((id) => before.claim(id))).toEqual([true, true, false]);
  const after = new HandledUpdates(path, log);
  // Numbers may start anywhere after a quiet week, so a lower one is not an old one.
  expect([7, 8, 3, 9].map((id) => after.claim(id))).toEqual([false, false, true, true]);
});

it('remembers a bounded number of them, the newest', () => {
  const path = join(newHome(), 'updates.json');
  const handled = new HandledUpdates(path, log);
  for (let id = 0; id < 2500; id++) handled.claim(id);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(2000);
  expect(handled.claim(2499)).toBe(false);
  expect(handled.claim(600)).toBe(false);
});
