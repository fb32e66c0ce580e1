import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Telegram's addresses carry the token: an error's request stays out of the log. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: { service: 'bot' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['err.payload', 'err.ctx'], remove: true },
    serializers: { err: pino.stdSerializers.errWithCause },
  });
}
