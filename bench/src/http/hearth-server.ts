import { buildApp } from '../../../server/src/app.ts';
import { readProcessConfig } from '../../../server/src/platform/config.ts';
import { openDatabase } from '../../../server/src/platform/database.ts';
import { createLog } from '../../../server/src/platform/log.ts';
import { logOutput } from '../../../server/src/platform/log-output.ts';
import { migrateDatabase } from '../../../server/src/platform/migrate.ts';

/** The real server, as `server/src/main.ts` builds it, on a port of its own. */
const config = readProcessConfig();
await migrateDatabase(config.databaseUrl);
// With a line a request, as the peers write one.
const log = createLog('debug', logOutput());
const database = openDatabase(config.databaseUrl, log);
const { app } = await buildApp({ config, database, log });
const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`listening ${new URL(url).port}`);
process.once('SIGTERM', () => process.exit(0));
