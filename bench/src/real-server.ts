import { type Built, buildApp } from '../../server/src/app.ts';
import { readProcessConfig } from '../../server/src/platform/config.ts';
import { openDatabase } from '../../server/src/platform/database.ts';
import { createLog } from '../../server/src/platform/log.ts';
import { logOutput } from '../../server/src/platform/log-output.ts';
import { migrateDatabase } from '../../server/src/platform/migrate.ts';

/** The real server, as `server/src/serve.ts` builds it, on a port of its own; `extend` may add what a part needs. */
export async function serveReal(
  logLevel: string,
  extend: (built: Built) => void = () => undefined,
): Promise<void> {
  const config = readProcessConfig();
  await migrateDatabase(config.databaseUrl);
  const log = createLog(logLevel, logOutput());
  const database = openDatabase(config.databaseUrl, log);
  const built = await buildApp({ config, database, log });
  extend(built);
  const url = await built.app.listen({ port: 0, host: '127.0.0.1' });
  console.log(`listening ${new URL(url).port}`);
  process.once('SIGTERM', () => process.exit(0));
}
