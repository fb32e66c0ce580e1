import { type Logger, pino } from 'pino';

export type Log = Logger;

export function createLog(level: string): Log {
  return pino({
    level,
    base: { service: 'server' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'req.headers["x-api-key"]',
        'res.headers["set-cookie"]',
      ],
      censor: '[redacted]',
    },
    serializers: {
      // No query: it may carry names of people's files; the path suffices to find a request.
      req: (req: { method: string; url: string; ip: string }) => ({
        method: req.method,
        path: req.url.split('?', 1)[0],
        ip: req.ip,
      }),
      err: pino.stdSerializers.errWithCause,
    },
  });
}
