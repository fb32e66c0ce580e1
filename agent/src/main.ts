import { flushCompileCache } from 'node:module';
import { createAgent } from './agent.ts';
import { ConfigError, readProcessConfig } from './config.ts';
import { createLog } from './log.ts';

try {
  const config = readProcessConfig();
  const log = createLog(config.logLevel);
  const agent = await createAgent(config, log);
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'The agent stops.');
    await agent.stop().catch((err: unknown) => log.error({ err }, 'The agent did not stop cleanly.'));
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  if (process.send) {
    process.on('disconnect', () => void stop('the launcher is gone'));
    process.send({ type: 'ready' });
  }
  // Kept at once: an agent that is killed leaves no cache behind.
  flushCompileCache();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
