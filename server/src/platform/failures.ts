import { AppError } from './errors.ts';

/** Errors of sockets and of PostgreSQL (class 08, shutdown, given up after too long, too many clients) that say: not reachable now. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
const sayings =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (was closed|has encountered a connection error))/;

/** Whether the database could not be reached, however deep the libraries wrapped the reason. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnreachable)) return true;
  if (sayings.test(error.message)) return true;
  // A file that is missing is ENOENT too; a socket's carries the call that failed.
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isFile = code === 'ENOENT' && syscall !== 'connect';
  if (code && !isFile && (unreachable.has(code) || /^08...$/.test(code))) return true;
  return isDatabaseUnreachable(error.cause);
}

/** Whether a unique constraint refused a row; `constraint` narrows it to one. */
export function isDuplicate(error: unknown, constraint?: string): boolean {
  if (!(error instanceof Error)) return false;
  const { code, constraint: violated } = error as { code?: string; constraint?: string };
  if (code === '23505') return constraint === undefined || violated === constraint;
  return isDuplicate(error.cause, constraint);
}

/** Whether two transactions waited for each other and this one was ended for it. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && ((error as { code?: string }).code === '40P01' || isDeadlock(error.cause));
}

/** Whether trying again later can help: nothing is wrong with what was to be stored. */
export const isPassing = (error: unknown): boolean => isDatabaseUnreachable(error) || isOutOfSpace(error);

interface FastifyFailure extends Error {
  code?: string;
  statusCode?: number;
}

/** Any thrown value as a refusal; what we did not foresee becomes `internal` and says nothing of itself. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseUnreachable(error))
    return new AppError('service.unavailable', 'The database cannot be reached just now.', {}, 2);
  if (isOutOfSpace(error)) return new AppError('storage.full', 'There is no space left on the disk.');
  if (isUnstorable(error))
    return new AppError('request.invalid', 'A value cannot be stored: a NUL character, or out of range.', {
      fields: [],
    });
  const { code = '', statusCode = 500 } = (error instanceof Error ? error : {}) as Partial<FastifyFailure>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413)
    return new AppError('request.too_large', 'The request is larger than allowed.');
  if (statusCode === 415) return new AppError('request.unsupported_media', 'This content type is not read.');
  if (statusCode === 429) return new AppError('request.rate_limited', 'Too many requests.', {}, 1);
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new AppError('request.aborted', 'The request was cut short.');
  if (statusCode >= 400 && statusCode < 500)
    return new AppError('request.invalid', 'The request could not be read.', { fields: [] });
  return new AppError('internal', 'Something went wrong on the server.');
}

/** PostgreSQL keeps no NUL, neither in text nor in jsonb, and no number or time beyond its types. */
const unstorable = new Set(['22021', '22P05', '22003', '22007', '22008']);

function isUnstorable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as NodeJS.ErrnoException;
  return unstorable.has(code) || isUnstorable(error.cause);
}

function isOutOfSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === '53100' || isOutOfSpace(error.cause);
}
