import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';

it('keeps credentials out, wherever somebody logs headers', () => {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const headers = {
    authorization: 'Bearer hk_1',
    cookie: 'hearth_refresh=hk_2',
    'x-api-key': 'hk_3',
    'set-cookie': 'hearth_refresh=hk_4',
    accept: 'text/html',
  };
  createLog('info', out).info({ headers, req: { headers } }, 'seen');
  expect(text).toContain('text/html');
  expect(text).not.toMatch(/hk_\d/);
});
