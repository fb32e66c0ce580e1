import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';

const httpUrl = (error: string) =>
  z.url({ protocol: /^https?$/, error }).transform((url) => url.replace(/\/+$/, ''));
/** Telegram ids, separated by commas. */
const people = z
  .string({ error: 'is needed: your number at Telegram, which @userinfobot tells' })
  .regex(/^\s*\d{1,16}(\s*,\s*\d{1,16})*\s*$/, 'a number, or several with commas between them')
  .transform((text) => text.split(',').map(Number));

/** Every setting of the bot, by its name in the environment. */
const BotEnvironment = z
  .object({
    API_URL: httpUrl('the address of the Hearth server, such as http://localhost:8000').default(
      'http://127.0.0.1:8000',
    ),
    API_KEY: z.string({ error: 'is needed: a key from Settings → API keys' }).min(1),
    BOT_TOKEN: z
      .string({ error: 'is needed: @BotFather gives it' })
      .regex(/^\d{1,16}:[\w-]{20,100}$/, 'is not a token as @BotFather gives it'),
    ADMIN_ID: people,
    BOT_API_URL: httpUrl('the address of a Bot API server').default('https://api.telegram.org'),
    BOT_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
    BOT_WEBHOOK_HOST: z.string().default('127.0.0.1'),
    BOT_WEBHOOK_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
    BOT_WEBHOOK_SECRET: z
      .string()
      .regex(/^[\w-]{16,256}$/, '16 to 256 letters, digits, _ and -')
      .optional(),
    HEARTH_HOME: z
      .string()
      .default(join(homedir(), '.hearth'))
      .transform((path) => resolve(path)),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  })
  .transform((env) => ({
    apiUrl: env.API_URL,
    apiKey: env.API_KEY,
    token: env.BOT_TOKEN,
    adminIds: env.ADMIN_ID,
    telegramUrl: env.BOT_API_URL,
    /** Undefined: the bot asks for updates itself (long polling). */
    webhook: env.BOT_WEBHOOK_URL
      ? {
          url: env.BOT_WEBHOOK_URL,
          host: env.BOT_WEBHOOK_HOST,
          port: env.BOT_WEBHOOK_PORT,
          secret: env.BOT_WEBHOOK_SECRET,
        }
      : undefined,
    home: join(env.HEARTH_HOME, 'bot'),
    logLevel: env.LOG_LEVEL,
  }));
export type Config = z.output<typeof BotEnvironment>;

/** A setting that cannot be used; the message is for the person who starts the bot. */
export class ConfigError extends Error {}

/** `NAME=` in a file means "not set". */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = BotEnvironment.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
}

/** This process's environment, beneath it `.env` of the working folder. */
export function readProcessConfig(): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return readConfig({ ...file, ...process.env });
}
