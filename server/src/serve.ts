import { setTimeout as sleep } from 'node:timers/promises';
import { type Built, buildApp } from './app.ts';
import { type Config, ConfigError, readProcessConfig } from './platform/config.ts';
import { type Database, openDatabase, waitForDatabase } from './platform/database.ts';
import { isDatabaseUnreachable } from './platform/failures.ts';
import { createLog, type Log } from './platform/log.ts';
import { logOutput } from './platform/log-output.ts';
import { migrateDatabase, NewerDatabaseError } from './platform/migrate.ts';

const drainMs = 10_000;

/** Failures that the person who starts the server can mend: one sentence, no stack. */
function sentenceOf(error: unknown, config?: Config): string | undefined {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof NewerDatabaseError) return error.message;
  if (isDatabaseUnreachable(error)) return 'The database that DATABASE_URL names cannot be reached.';
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^(28|3D)...$/.test(code)) return `The database that DATABASE_URL names refuses us: ${message}.`;
  if (code === 'EADDRINUSE')
    return `Port ${config?.port} is taken by another program: stop that one, or set API_PORT to another port.`;
  if (code === 'EACCES')
    return `Port ${config?.port} needs more rights than this user has: set API_PORT to one above 1023.`;
  return undefined;
}

async function listen({ app, setup }: Built, config: Config, log: Log): Promise<void> {
  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const url = `http://localhost:${port}`;
  const token = setup.token();
  const setupUrl = token === undefined ? undefined : `${url}/setup#token=${token}`;
  // The launcher prints the one-time link; only without one does the log carry it.
  if (setupUrl && !process.send) log.info({ url }, `Set up this server at ${setupUrl}`);
  process.send?.({ type: 'ready', url, setupUrl });
}

/** The first order to stop drains, newest first; whatever is still there after 10 s is cut. */
function stopOnOrder({ app }: Built, database: Database, log: Log): void {
  let isStopping = false;
  const stop = async (reason: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, 'Stopping.');
    const late = sleep(drainMs, 'late', { ref: false });
    const outcome = await Promise.race([app.close().then(() => database.close()), late]);
    process.exit(outcome === 'late' ? 1 : 0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  process.on('disconnect', () => void stop('the launcher went away'));
}

async function main(): Promise<void> {
  let config: Config | undefined;
  try {
    config = readProcessConfig();
    const log = createLog(config.logLevel, logOutput());
    process.on('unhandledRejection', (err) => {
      log.fatal({ err }, 'Something failed that nobody waited for.');
      process.exit(1);
    });
    const database = openDatabase(config.databaseUrl, log);
    await waitForDatabase(database, log);
    await migrateDatabase(config.databaseUrl);
    const built = await buildApp({ config, database, log });
    stopOnOrder(built, database, log);
    await listen(built, config, log);
  } catch (error) {
    const sentence = sentenceOf(error, config);
    console.error(sentence === undefined ? error : `hearth server: ${sentence}`);
    process.exit(1);
  }
}

await main();
