import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const credentials = new Set(['authorization', 'cookie', 'set-cookie', 'x-api-key']);

/** Nothing of ours logs headers; should somebody begin to, credentials stay out. */
const headers = (given: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      credentials.has(name.toLowerCase()) ? '[redacted]' : value,
    ]),
  );
const withHeaders = (given: { headers?: Record<string, unknown> }) =>
  given.headers ? { ...given, headers: headers(given.headers) } : given;

/** ISO 8601; lines of the same millisecond share the text. */
function timestamps(): () => string {
  let [last, text] = [0, ''];
  return () => {
    const now = Date.now();
    if (now !== last) [last, text] = [now, `,"time":"${new Date(now).toISOString()}"`];
    return text;
  };
}

/** JSON lines to standard output, or to `out`. */
export function createLog(level: string, out: DestinationStream = pino.destination(1)): Log {
  const options = {
    level,
    base: { service: 'server' },
    timestamp: timestamps(),
    // Serializers cost nothing where their key is not logged; pino's `redact` copies every line.
    serializers: { headers, req: withHeaders, res: withHeaders, err: pino.stdSerializers.errWithCause },
  };
  return pino(options, out);
}
