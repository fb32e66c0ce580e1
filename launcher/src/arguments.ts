import { parseArgs } from 'node:util';

export const HELP = `npm start [-- options]

  --port <number>     the port to serve on (API_PORT, 8000)
  --host <address>    the address to listen at (API_HOST, 0.0.0.0)
  --api-keys "a,b"    keys that programs may use (API_KEYS)
  --help              this text

Settings may also stand in the environment or in a file .env. The most important:
  HEARTH_HOME         where everything is kept (~/.hearth)
  DATABASE_URL        a PostgreSQL server of your own instead of the one that comes along
  BOT_TOKEN           of a Telegram bot, which is then started too (docs/en/telegram.md)
`;

export class ArgumentError extends Error {
  override name = 'ArgumentError';
}

const VARIABLES = { port: 'API_PORT', host: 'API_HOST', 'api-keys': 'API_KEYS' } as const;

/** The command line as environment variables, which is how every program takes its settings. */
export function readArguments(args: string[]): { help: boolean; env: Record<string, string> } {
  const parsed = (() => {
    try {
      return parseArgs({
        args,
        options: {
          port: { type: 'string' },
          host: { type: 'string' },
          'api-keys': { type: 'string' },
          help: { type: 'boolean', short: 'h' },
        },
      }).values;
    } catch (error) {
      throw new ArgumentError(error instanceof Error ? error.message : String(error));
    }
  })();
  const given = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const value = parsed[option as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, value]];
  });
  return { help: parsed.help ?? false, env: Object.fromEntries(given) };
}
