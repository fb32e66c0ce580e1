import { type Logger, pino } from 'pino';

export type Log = Logger;

export function createLog(level: string, service = 'agent'): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: pino.stdSerializers.errWithCause },
  });
}
