import { join } from 'node:path';

/** What the two programs find in their environment. */
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
  const without = Object.entries(env).filter(([name]) => !SERVER_SECRETS.includes(name));
  return { ...shared(Object.fromEntries(without), facts), HEARTH_SERVER_URL: serverUrl };
}

const EVERY_ADDRESS = ['0.0.0.0', '::', 'localhost', ''];

/** Where the agent of this machine reaches a server that listens at `host`. */
export function localServerUrl(host: string, port: string): string {
  if (EVERY_ADDRESS.includes(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
