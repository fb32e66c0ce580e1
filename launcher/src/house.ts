/** PostgreSQL, server, agent and, where it has a token, the Telegram bot under one roof: started in this order, stopped in the reverse one. */
import { banner } from './banner.ts';
import { agentEnv, botEnv, localServerUrl, serverEnv } from './child-env.ts';
import type { Config } from './config.ts';
import { ensureLocalToken } from './local-token.ts';
import type { HouseLog } from './log/house-log.ts';
import { keepPostgres } from './supervision/postgres-resident.ts';
import { keepProgram } from './supervision/program.ts';
import type { Ready, Resident } from './supervision/resident.ts';

/** The files Node runs. */
export interface Scripts {
  server: string;
  agent: string;
  bot: string;
}

export interface HouseOptions {
  config: Config;
  /** What the children's environment is made of. */
  env: NodeJS.ProcessEnv;
  log: HouseLog;
  cwd: string;
  scripts: Scripts;
  onUrl: (url: string) => Promise<void>;
}

const STOP_LIMIT_MS = 12_000;
/** Longer than a predecessor that was cut off may take to let go of the port. */
const GIVE_UP_AFTER_MS = 12_000;

export async function openHouse({ config, env, log, cwd, scripts, onUrl }: HouseOptions): Promise<Resident> {
  const residents: Resident[] = [];
  const failed = Promise.withResolvers<never>();
  const admit = <T extends Resident>(resident: T): T => {
    residents.push(resident);
    resident.finished.catch(failed.reject);
    return resident;
  };
  const localTokenFile = await ensureLocalToken(config.home);
  const own = config.databaseUrl
    ? undefined
    : admit(await keepPostgres({ home: config.home, say: (line) => log.say('postgres', line) }));
  const facts = {
    home: config.home,
    databaseUrl: config.databaseUrl ?? own?.url ?? '',
    localTokenFile,
  };

  const common = { cwd, stopLimitMs: STOP_LIMIT_MS, say: (line: string) => log.say('launcher', line) };
  let port: string | undefined;
  /** What talks to the server, and comes and goes without it. */
  const startGuest = (name: 'agent' | 'bot', envOf: typeof agentEnv, servedPort: string) =>
    admit(
      keepProgram({
        ...common,
        name,
        script: scripts[name],
        env: () => envOf(env, facts, localServerUrl(config.host, servedPort)),
        listen: () => log.listen(name),
      }),
    );
  const serverReady = ({ url, setupUrl }: Ready) => {
    if (!url) return;
    const isFirst = port === undefined;
    port = new URL(url).port || '80';
    void onUrl(url).catch((error: Error) => log.say('launcher', error.message));
    // A server that restarts before it was set up has a new link.
    if (isFirst || setupUrl) log.show(banner({ url, setupUrl, home: config.home }));
    if (!isFirst) return;
    startGuest('agent', agentEnv, port);
    if (env.BOT_TOKEN) startGuest('bot', botEnv, port);
  };
  admit(
    keepProgram({
      ...common,
      name: 'server',
      script: scripts.server,
      env: () => serverEnv(env, facts, port),
      listen: () => log.listen('server'),
      onReady: serverReady,
      giveUpAfterMs: GIVE_UP_AFTER_MS,
    }),
  );

  const stopped = Promise.withResolvers<void>();
  return {
    finished: Promise.race([failed.promise, stopped.promise]),
    hurry() {
      for (const resident of residents) resident.hurry();
    },
    async stop() {
      for (const resident of residents.toReversed()) await resident.stop();
      stopped.resolve();
    },
  };
}
