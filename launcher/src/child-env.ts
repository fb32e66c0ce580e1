import { join } from 'node:path';

/** What the programs find in their environment. */
export interface HouseFacts {
  home: string;
  databaseUrl: string;
  localTokenFile: string;
}

/** The agent runs other people's scripts: what opens the server stays out of its environment. */
const SERVER_SECRETS = [
  'DATABASE_URL',
  'REDIS_URL',
  'API_KEYS',
  'HEARTH_ADMIN_EMAIL',
  'HEARTH_ADMIN_PASSWORD',
];
const BOT_SECRETS = ['BOT_TOKEN', 'BOT_WEBHOOK_SECRET', 'API_KEY'];

const shared = (env: NodeJS.ProcessEnv, { home, localTokenFile }: HouseFacts) => ({
  ...env,
  HEARTH_HOME: home,
  HEARTH_LOCAL_TOKEN_FILE: localTokenFile,
  // Types stripped and code compiled once, not at every start: the server is there in half the time.
  NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(home, 'cache/node'),
});

/** `port`: the one it has served on before, so that agents and pages find it again after a restart. */
export function serverEnv(env: NodeJS.ProcessEnv, facts: HouseFacts, port?: string): NodeJS.ProcessEnv {
  return { ...shared(env, facts), DATABASE_URL: facts.databaseUrl, ...(port ? { API_PORT: port } : {}) };
}

export function agentEnv(env: NodeJS.ProcessEnv, facts: HouseFacts, serverUrl: string): NodeJS.ProcessEnv {
  return {
    ...shared(without(env, [...SERVER_SECRETS, ...BOT_SECRETS]), facts),
    HEARTH_SERVER_URL: serverUrl,
  };
}

/** The bot is an API client like any other: where it has no key of its own, it takes the first of the server's. */
export function botEnv(env: NodeJS.ProcessEnv, facts: HouseFacts, serverUrl: string): NodeJS.ProcessEnv {
  const key = env.API_KEY || env.API_KEYS?.split(',')[0]?.trim();
  const { HEARTH_LOCAL_TOKEN_FILE: _, ...rest } = shared(without(env, SERVER_SECRETS), facts);
  return { ...rest, API_URL: env.API_URL || serverUrl, ...(key ? { API_KEY: key } : {}) };
}

const without = (env: NodeJS.ProcessEnv, names: string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

const EVERY_ADDRESS = ['0.0.0.0', '::', 'localhost', ''];

/** Where the agent of this machine reaches a server that listens at `host`. */
export function localServerUrl(host: string, port: string): string {
  if (EVERY_ADDRESS.includes(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
