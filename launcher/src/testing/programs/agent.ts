/** A small agent that keeps the launcher's rules, and shows what it was given. */
import { z } from 'zod';

const { HEARTH_SERVER_URL, DATABASE_URL, HEARTH_LOCAL_TOKEN_FILE } = process.env;

process.on('SIGTERM', () => {
  console.log('agent stops: SIGTERM');
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));

const answer = await fetch(HEARTH_SERVER_URL!).then((response) => response.json());
const facts = {
  pid: process.pid,
  server: answer.pid,
  database: DATABASE_URL,
  token: HEARTH_LOCAL_TOKEN_FILE,
};
console.log(`agent facts ${JSON.stringify(facts)}`);
process.send?.({ type: 'ready' });
setInterval(() => undefined, 60_000);
