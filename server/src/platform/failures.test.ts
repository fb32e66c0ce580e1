import { DrizzleQueryError } from 'drizzle-orm/errors';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { AppError, envelope } from './errors.ts';
import { asAppError } from './failures.ts';

it('knows an unreachable database, wrapped as the libraries wrap it', async () => {
  const pool = new Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 500 });
  const refused = await pool.query('select 1').catch((error: Error) => error);
  const wrapped = new DrizzleQueryError('select 1', [], refused as Error);
  expect(asAppError(wrapped)).toMatchObject({
    code: 'service.unavailable',
    status: 503,
    retryAfterSeconds: 2,
  });
  const socket = new Pool({ host: '/nonexistent', connectionTimeoutMillis: 500 });
  const missing = await socket.query('select 1').catch((error: Error) => error);
  expect(asAppError(missing).code).toBe('service.unavailable');
});

it('takes no other missing thing for a missing database', () => {
  expect(asAppError(Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' })).code).toBe(
    'internal',
  );
  expect(asAppError(Object.assign(new Error('full'), { code: 'ENOSPC' })).status).toBe(507);
});

it('says nothing of what it did not foresee', () => {
  for (const thrown of [new Error('secret of /etc'), 'secret', undefined, { statusCode: 500 }]) {
    const refusal = asAppError(thrown);
    expect(envelope(refusal, 'v1')).toEqual({
      error: { code: 'internal', message: 'Something went wrong on the server.', details: {} },
    });
  }
});

it('speaks the envelope of each family', () => {
  const refusal = new AppError('request.invalid', 'body.model: needed', {
    fields: [{ path: 'body.model', message: 'needed' }],
  });
  expect(envelope(refusal, 'openai')).toEqual({
    error: {
      message: 'body.model: needed',
      type: 'invalid_request_error',
      param: 'body.model',
      code: 'request.invalid',
    },
  });
});
