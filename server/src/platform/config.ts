import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Email, Password } from '@hearth/contract';
import { z } from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
const optional = z
  .string()
  .optional()
  .transform((text) => text?.trim() || undefined);
const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** Every setting of the server, by its name in the environment. */
const Environment = z
  .object({
    DATABASE_URL: z.string('is needed: `npm start` starts a database and sets it').min(1),
    HEARTH_HOME: z.string().min(1).default(join(homedir(), '.hearth')),
    API_HOST: z.string().min(1).default('0.0.0.0'),
    API_PORT: wholeNumber(0, 65_535).default(8000),
    API_KEYS: list,
    MAX_CONCURRENT_SESSIONS: wholeNumber(1, 1000).default(1),
    CORS_ORIGINS: list,
    /** Requests a minute from one address; 0 lifts the limit, and that of callers with it. */
    RATE_LIMIT_PER_MINUTE: wholeNumber(0, 10_000_000).default(20_000),
    /** Requests a minute of one person, key, node or job, from wherever they come; 0 lifts the limit. */
    RATE_LIMIT_PER_CALLER: wholeNumber(0, 10_000_000).default(12_000),
    /** `redis://`, `rediss://` or `unix:///path`: where several servers share limits and live news. */
    REDIS_URL: optional.refine((url) => url === undefined || /^(rediss?|unix):\/\/./.test(url), {
      message: 'must begin with redis://, rediss:// or unix:///',
    }),
    /** Addresses of proxies whose X-Forwarded-* headers are believed. */
    TRUST_PROXY: list,
    HEARTH_ADMIN_EMAIL: Email.optional(),
    HEARTH_ADMIN_PASSWORD: Password.optional(),
    HEARTH_LOCAL_TOKEN_FILE: optional,
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  })
  .refine((env) => (env.HEARTH_ADMIN_EMAIL === undefined) === (env.HEARTH_ADMIN_PASSWORD === undefined), {
    path: ['HEARTH_ADMIN_EMAIL'],
    message: 'goes together with HEARTH_ADMIN_PASSWORD',
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    home: resolve(env.HEARTH_HOME),
    host: env.API_HOST,
    port: env.API_PORT,
    apiKeys: env.API_KEYS,
    maxConcurrentSessions: env.MAX_CONCURRENT_SESSIONS,
    corsOrigins: env.CORS_ORIGINS,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    rateLimitPerCaller: env.RATE_LIMIT_PER_CALLER,
    redisUrl: env.REDIS_URL,
    trustProxy: env.TRUST_PROXY,
    admin:
      env.HEARTH_ADMIN_EMAIL && env.HEARTH_ADMIN_PASSWORD
        ? { email: env.HEARTH_ADMIN_EMAIL, password: env.HEARTH_ADMIN_PASSWORD }
        : undefined,
    localTokenFile: env.HEARTH_LOCAL_TOKEN_FILE,
    logLevel: env.LOG_LEVEL,
    /** The scripts that come with the product, with their manifest. */
    scriptsFolder: resolve(import.meta.dirname, '../../../scripts'),
    /** The training recipes that come with the product, a folder each. */
    trainersFolder: resolve(import.meta.dirname, '../../../trainers'),
    /** The built web app; where it is missing, a page says so. */
    webDist: resolve(import.meta.dirname, '../../../web/dist'),
  }));
export type Config = z.output<typeof Environment>;

/** A setting that cannot be used; the message is for the person who starts the server. */
export class ConfigError extends Error {}

/** The settings of an environment and a command line; throws ConfigError with one line a setting. */
export function readConfig(env: NodeJS.ProcessEnv, args: readonly string[] = []): Config {
  const { values } = parseCommandLine(args);
  const keys = [env.API_KEYS, values['api-keys']].filter((text) => text !== undefined).join(',');
  const result = Environment.safeParse({ ...withoutEmpty(env), API_KEYS: keys });
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(lines.join('\n'));
}

/** This process's environment, with `.env` of the working folder beneath it, and its command line. */
export function readProcessConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env, process.argv.slice(2));
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { 'api-keys': { type: 'string' } } });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** `API_PORT=` in a file means "not set". */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
