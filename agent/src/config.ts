import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';

const optional = z
  .string()
  .optional()
  .transform((text) => text?.trim() || undefined);
const home = z
  .string()
  .min(1)
  .default(join(homedir(), '.hearth'))
  .transform((path) => resolve(path));
const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info');

/** Every setting of the agent, by its name in the environment. */
const AgentEnvironment = z
  .object({
    HEARTH_SERVER_URL: z.url({ protocol: /^https?$/, error: 'is needed: the address of the Hearth server' }),
    HEARTH_HOME: home,
    HEARTH_LOCAL_TOKEN_FILE: optional,
    HEARTH_NODE_INVITATION: optional,
    HEARTH_CGROUPS: z.enum(['auto', 'off']).default('auto'),
    LOG_LEVEL: logLevel,
  })
  .transform((env) => ({
    serverUrl: env.HEARTH_SERVER_URL.replace(/\/+$/, ''),
    home: env.HEARTH_HOME,
    localTokenFile: env.HEARTH_LOCAL_TOKEN_FILE,
    invitation: env.HEARTH_NODE_INVITATION,
    /** `off`: jobs get no cgroups of their own even where they could. */
    usesCgroups: env.HEARTH_CGROUPS === 'auto',
    logLevel: env.LOG_LEVEL,
  }));
export type Config = z.output<typeof AgentEnvironment>;

/** Settings that reach our own programs in the processes of jobs. */
const JobEnvironment = z
  .object({
    HF_TOKEN: optional,
    HF_ENDPOINT: z.url({ protocol: /^https?$/ }).default('https://huggingface.co'),
    HEARTH_PYTHON: z.string().default('python3'),
    HEARTH_PYTHON_FOLDER: optional,
    HEARTH_PYTHON_DOWNLOAD_LIMIT_MB: z.coerce.number().nonnegative().default(1000),
  })
  .transform((env) => ({
    hubUrl: env.HF_ENDPOINT.replace(/\/+$/, ''),
    hubToken: env.HF_TOKEN,
    /** What makes environments for programs in Python, where (default: the agent's own folder), and the largest download for one. */
    python: {
      command: env.HEARTH_PYTHON,
      folder: env.HEARTH_PYTHON_FOLDER,
      limitMb: env.HEARTH_PYTHON_DOWNLOAD_LIMIT_MB,
    },
  }));
export type JobConfig = z.output<typeof JobEnvironment>;

/** A setting that cannot be used; the message is for the person who starts the agent. */
export class ConfigError extends Error {}

function parse<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv): z.output<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
}

const names = [
  'HEARTH_SERVER_URL',
  'HEARTH_HOME',
  'HEARTH_LOCAL_TOKEN_FILE',
  'HEARTH_NODE_INVITATION',
  'HEARTH_CGROUPS',
  'LOG_LEVEL',
  'HF_TOKEN',
  'HF_ENDPOINT',
  'HEARTH_PYTHON',
  'HEARTH_PYTHON_FOLDER',
  'HEARTH_PYTHON_DOWNLOAD_LIMIT_MB',
];

/**
 * The agent's settings: this process's environment, beneath it `.env` of the working folder. Only what is the
 * agent's is taken from there: the file may hold the server's secrets.
 */
export function readProcessConfig(): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  for (const name of names) if (file[name] !== undefined) process.env[name] ??= file[name];
  return parse(AgentEnvironment, process.env);
}
export const readJobConfig = (env: NodeJS.ProcessEnv = process.env): JobConfig => parse(JobEnvironment, env);

/** The name of the environment variable that marks every process of a job. */
export const jobMarker = 'HEARTH_JOB_ID';

/** What any program may need of the environment it is started in. Everything else stays with the agent. */
const shared =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|([a-z]+_proxy)|([A-Z]+_PROXY)|PIP_\w+|UV_INDEX_URL|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|XDG_CACHE_HOME|CUDA_(HOME|PATH|VISIBLE_DEVICES|DEVICE_ORDER)|NVIDIA_\w+|(OMP|MKL|OPENBLAS)_NUM_THREADS|SYSTEMROOT|COMSPEC|PATHEXT)$/;
const pick = (names: RegExp): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && names.test(name) ? [[name, value]] : [],
    ),
  );
let inherited: Readonly<Record<string, string>> | undefined;
/** Of this process's environment, what the programs of jobs see too; looked up once. */
export function inheritedEnvironment(): Readonly<Record<string, string>> {
  inherited ??= pick(shared);
  return inherited;
}

/** Of this process's environment, what our own program in a job's process needs besides: the token only to pull. */
export const hostEnvironment = (kind: string): Record<string, string> =>
  pick(
    kind === 'pull'
      ? /^(HF_TOKEN|HF_ENDPOINT|NODE_V8_COVERAGE)$/
      : /^(HF_ENDPOINT|HEARTH_PYTHON\w*|NODE_V8_COVERAGE)$/,
  );

/**
 * The environment of an engine's process. One native thread does its work in turn: node-llama-cpp 3.20 otherwise
 * samples several sequences of one context at once on libuv's threads, while llama.cpp reorders that context's
 * logits on first use, and tokens end up in each other's texts (seen with SmolLM2, four at once; never with one).
 */
export const engineEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, UV_THREADPOOL_SIZE: '1' });

export const agentVersion: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))).version;
