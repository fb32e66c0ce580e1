/** A program for tests to kill: starts PostgreSQL in the directory given, says how it went, and holds it. */
import { PostgresError, startPostgres } from '../postgres/index.ts';

const say = (word: object) => process.stdout.write(`${JSON.stringify(word)}\n`);

try {
  const { stop, exited, ...facts } = await startPostgres({ home: process.argv[2]! });
  process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
  say(facts);
  void exited.then((ended) => say({ ended }));
} catch (error) {
  if (!(error instanceof PostgresError)) throw error;
  say({ refused: error.message });
  process.exitCode = 1;
}
