import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

export function createLog(level: string, out?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: { service: 'server' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Nothing of ours logs headers; should somebody begin to, these stay out.
    redact: {
      paths: ['authorization', 'cookie', '["x-api-key"]', '["set-cookie"]'].flatMap((name) => {
        const path = name.startsWith('[') ? name : `.${name}`;
        return [`*${path}`, `*.headers${path}`];
      }),
      censor: '[redacted]',
    },
    serializers: {
      err: pino.stdSerializers.errWithCause,
    },
  };
  return out ? pino(options, out) : pino(options);
}
