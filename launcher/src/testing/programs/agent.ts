/** A small agent that keeps the launcher's rules, and shows what it was given. */
import { z } from 'zod';

const { HEARTH_SERVER_URL, DATABASE_URL, HEARTH_LOCAL_TOKEN_FILE } = process.env;

process.on('SIGTERM', () => {
  console.log('agent stops: SIGTERM');
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));

const answer = await (await fetch(HEARTH_SERVER_URL!)).json();
const { pid: server } = z.object({ pid: z.number() }).parse(answer);
const facts = { pid: process.pid, server, database: DATABASE_URL, token: HEARTH_LOCAL_TOKEN_FILE };
console.log(`agent facts ${JSON.stringify(facts)}`);
process.send?.({ type: 'ready' });
