import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Telegram's addresses carry the token, and errors of the network tell addresses. */
export const withoutSecrets = (text: string, secrets: string[]): string =>
  secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);

export function createLog(
  level: string,
  secrets: string[] = [],
  out: NodeJS.WritableStream = process.stdout,
): Log {
  const options = {
    level,
    base: { service: 'bot' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: pino.stdSerializers.errWithCause },
  };
  return pino(options, { write: (line) => void out.write(withoutSecrets(line, secrets)) });
}
