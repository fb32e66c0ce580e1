/** The launcher as it is, with small programs in the places of server, agent and bot. */
import { join } from 'node:path';
import { runLauncher } from '../../launcher.ts';

const here = import.meta.dirname;

process.exit(
  await runLauncher({
    args: process.argv.slice(2),
    checkout: here,
    scripts: { server: join(here, 'server.ts'), agent: join(here, 'agent.ts'), bot: join(here, 'bot.ts') },
  }),
);
