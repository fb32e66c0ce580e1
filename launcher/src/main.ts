/** `npm start` ends here. */
import { join, resolve } from 'node:path';
import { runLauncher } from './launcher.ts';

const checkout = resolve(import.meta.dirname, '../..');

process.exit(
  await runLauncher({
    args: process.argv.slice(2),
    checkout,
    scripts: {
      server: join(checkout, 'server/src/main.ts'),
      agent: join(checkout, 'agent/src/main.ts'),
      bot: join(checkout, 'bot/src/main.ts'),
    },
  }),
);
